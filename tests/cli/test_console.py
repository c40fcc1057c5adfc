"""`customertrack console`: it says where it is, answers there, and ends with all that it started."""

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from customertrack.cli import console
from customertrack.console import serve
from tests.cli.program import Program
from tests.cli.test_signals import read_until


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What would be served, by the calls; each is ready at once and then ended."""
    calls: list[tuple[object, ...]] = []

    def ended(address, port, arguments, ready):
        calls.append((address, port, arguments))
        ready()

    monkeypatch.setattr(serve, "serve", ended)
    return calls


@contextmanager
def listening(*ports: int) -> Iterator[list[int]]:
    """Somebody else has these ports, 0: any."""
    taken = [socket.create_server(("127.0.0.1", port)) for port in ports]
    try:
        yield [one.getsockname()[1] for one in taken]
    finally:
        for one in taken:
            one.close()


@pytest.mark.parametrize(("number", "nowhere"), [(signal.SIGINT, False), (signal.SIGTERM, True)])
def test_it_answers_until_it_is_told_to_end(program: Program, tmp_path: Path, number: signal.Signals, nowhere: bool):
    """Also where there is no home yet, and if nobody hears it any more. Nothing is left behind, in the user's folder
    neither.
    """
    of_user = tmp_path / "user"
    of_user.mkdir()
    environment = {**os.environ, "HOME": str(of_user)}
    console_of = Program(tmp_path / "nowhere") if nowhere else program
    with console_of.start("console", "--no-browser", cwd=of_user, env=environment) as process:
        (line,) = read_until(process, "The console is at ")
        url = line.removeprefix("The console is at ").partition(" ")[0]
        with urllib.request.urlopen(f"{url}/definition?dimension=customer", timeout=60) as answer:
            assert (answer.status, b"<title>Streamlit</title>" in answer.read()) == (200, True)
        if nowhere and process.stderr:
            process.stderr.close()
            process.stderr = None
        process.send_signal(number)
        out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in (told or "")
    assert url.startswith("http://127.0.0.1:")
    with socket.socket() as freed:
        freed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        freed.bind(("127.0.0.1", int(url.rpartition(":")[2])))
    assert list(of_user.iterdir()) == []
    assert nowhere != console_of.home.exists()


def test_a_port_that_is_taken_is_passed_over_or_told(program: Program, served: list[tuple[object, ...]]):
    with listening(0) as (port,):
        refused = program("console", "--no-browser", "--port", port)
        assert (refused.code, served) == (1, [])
        assert refused.err == (
            f"customertrack: Port {port} is taken; give another with --port, or none to have a free one chosen.\n"
        )
    assert program("console", "--no-browser", "--port", port).code == 0
    assert [call[:2] for call in served] == [("127.0.0.1", port)]


def test_the_first_port_that_nobody_has_is_chosen(
    program: Program, served: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
):
    with listening(0) as (port,):
        monkeypatch.setattr(console, "_FIRST_PORT", port)
        program.done("console", "--no-browser")
    (call,) = served
    assert port < int(str(call[1])) < port + 100


def test_whoever_lets_others_in_is_told_so(program: Program, served: list[tuple[object, ...]]):
    here = program.done("console", "--no-browser").err
    assert "everybody" not in here
    everywhere = program.done("console", "--no-browser", "--address", "0.0.0.0").err
    told = f"everybody who reaches {socket.gethostname()} can read all that the home holds"
    assert told in everywhere
    assert f"http://{socket.gethostname()}:" in everywhere


def test_an_address_of_another_machine_is_wrong_usage(program: Program, served: list[tuple[object, ...]]):
    refused = program("console", "--no-browser", "--address", "192.0.2.1")
    assert (refused.code, served) == (2, [])
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_what_is_no_port_is_wrong_usage(program: Program, port: str):
    refused = program("console", f"--port={port}")
    assert refused.code == 2
    assert "is no port" in refused.err


def test_without_streamlit_it_says_how_to_install_it(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(console, "find_spec", lambda name: None)
    ran = program("console")
    assert ran.code == 1
    assert "make console" in ran.err
    assert "pip install 'customertrack[console]'" in ran.err


def test_streamlit_is_told_to_tell_nobody_and_to_write_nothing():
    options = serve._options("127.0.0.1", 8501)
    assert options["browser.gatherUsageStats"] is False
    assert options["server.headless"] is True
    assert options["server.fileWatcherType"] == "none"
    assert options["server.address"] == "127.0.0.1"
    assert options["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1"]
    assert "server.allowedHosts" not in serve._options("0.0.0.0", 8501)
    # Each is one that this Streamlit knows: one that it does not would be passed over.
    from streamlit import config

    assert options.keys() <= config._config_options_template.keys()
