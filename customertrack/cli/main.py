"""`customertrack`: the entry point. It reads the environment, and it is where every error becomes a sentence."""

import os
import shlex
import shutil
import signal
import sys
import threading
import traceback
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

from customertrack.cli import arguments
from customertrack.errors import UsageError, UserError

# The module in customertrack.cli, and its function.
_COMMANDS = {
    "run": ("run", "run"),
    "ingest": ("ingest", "run"),
    "resolve": ("resolve", "run"),
    "query": ("query", "run"),
    "status": ("status", "run"),
    "history": ("history", "history"),
    "as-of": ("history", "as_of"),
    "rejects": ("history", "rejects"),
    "verify": ("verify", "run"),
    "generate": ("generate", "run"),
    "migrate": ("migrate", "run"),
    "rebuild": ("rebuild", "run"),
    "snapshots": ("snapshots", "run"),
    "release": ("snapshots", "release"),
    "discard": ("snapshots", "discard"),
    "console": ("console", "run"),
    "dimension": ("dimension", "run"),
}
_DEBUG = "CUSTOMERTRACK_DEBUG"


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run a command line; returns its exit code: 0 done, 1 failed, 2 wrong usage. Raises nothing."""
    _make_stdout_safe()
    interrupts: list[int] = []
    restore = _note_interrupts(interrupts)
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        _give_up_stdout()
        return 0
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # noqa: BLE001  whatever happens, a user sees a sentence
        # DuckDB makes an error of its own of a Ctrl-C that comes while it works.
        return _interrupted() if interrupts else _unexpected(error, environ)
    finally:
        restore()


def entry() -> NoReturn:
    """The command as a process: ends at once with main's exit code, once all that was written is out.

    Taking the interpreter apart has nothing left to do, and DuckDB's binding sometimes complains about it to the user.
    """
    code = main()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _note_interrupts(interrupts: list[int]) -> Callable[[], object]:
    """Note each Ctrl-C besides raising KeyboardInterrupt; returns what undoes it. Only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None

    def noted(number: int, frame: FrameType | None) -> None:
        interrupts.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, noted)
    return lambda: signal.signal(signal.SIGINT, before)


def _interrupted() -> int:
    # The process is about to end, and once more Ctrl-C would only make it end in a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _fail("Interrupted; nothing is lost, and the same command can be given again.")


def _run(argv: Sequence[str]) -> int:
    parser = arguments.build(argv)
    args = parser.parse(argv)
    if args.version:
        return _version()
    if args.command is None:
        parser.print_help()
        return 0
    return _command(args)


def _command(args: Namespace) -> int:
    from customertrack.cli.context import Context
    from customertrack.dimension.project import Project, default_folder
    from customertrack.local.home import Home

    if args.home.exists() and not args.home.is_dir():
        raise UsageError(f"--home {args.home} is a file; give a folder.")
    if set("*?[") & set(str(args.home.absolute())):
        raise UsageError(
            f"--home {args.home} has a *, ? or [ in its path, which DuckDB takes for a pattern; give another."
        )
    project = Project(args.project or default_folder(Path()))
    limit = {"memory_limit": args.memory_limit} if args.memory_limit else {}
    home = Home(args.home, project=project, tell=_waits, **limit)
    if getattr(args, "format", "table") != "table":
        _make_stdout_utf8()
    module, function = _COMMANDS[args.command]
    context = Context(home, _program(sys.argv[0]), sys.stdout, sys.stderr)
    return getattr(import_module(f"customertrack.cli.{module}"), function)(args, context)


def _waits(sentence: str) -> None:
    print(f"customertrack: {sentence}", file=sys.stderr, flush=True)


def _version() -> int:
    from importlib import metadata

    try:
        print(f"customertrack {metadata.version('customertrack')}")
    except metadata.PackageNotFoundError:
        print("customertrack, not installed")
    return 0


def _program(called: str) -> str:
    """What the user can type to call it again: a name on the PATH, a path from here, or the module."""
    path = Path(called)
    if path.name == "__main__.py":
        return f"{_typed(Path(sys.executable))} -m customertrack"
    return _typed(path)


def _typed(path: Path) -> str:
    on_path = shutil.which(path.name)
    if on_path and Path(on_path).resolve() == path.resolve():
        return path.name
    absolute, here = path.absolute(), Path.cwd()
    return shlex.quote(str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute))


def _unexpected(error: Exception, environ: Mapping[str, str]) -> int:
    from customertrack.warehouse import WarehouseError, sentence_of

    if environ.get(_DEBUG):
        traceback.print_exc()
    if isinstance(error, WarehouseError):
        return _fail(sentence_of(error))
    said = " ".join(str(error).split())
    if isinstance(error, OSError):
        return _fail(f"{said or type(error).__name__}. Correct that, then try again.")
    return _fail(f"This is a defect ({type(error).__name__}: {said}); set {_DEBUG}=1 to see where.")


def _fail(sentence: str, code: int = UserError.exit_code) -> int:
    from customertrack.cli.show.value import sayable

    print(f"customertrack: {sayable(sentence)}", file=sys.stderr)
    return code


def _make_stdout_safe() -> None:
    """A stdout that was closed, or that cannot show a character, is no reason to fail."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  until the program ends
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _make_stdout_utf8() -> None:
    """What programs read is UTF-8, whatever the locale is that people read by."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _give_up_stdout() -> None:
    """Whoever read stdout has gone: what Python still holds for it must not become an error while the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
