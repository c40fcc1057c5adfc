"""`customertrack console`: pages in the browser that show what the home holds."""

import errno
import socket
import webbrowser
from argparse import Namespace
from contextlib import redirect_stdout, suppress
from importlib.util import find_spec
from threading import Thread

from customertrack.cli.context import Context
from customertrack.errors import UsageError, UserError

_FIRST_PORT, _PORTS = 8501, 100
LOOPBACK = "127.0.0.1"
_THIS_MACHINE = (LOOPBACK, "localhost", "::1")
_EVERY_ADDRESS = ("0.0.0.0", "::")


def run(args: Namespace, context: Context) -> int:
    """Serve the console until Ctrl-C or SIGTERM, its only ends. Raises UserError if it cannot be served."""
    if find_spec("streamlit") is None:
        raise UserError(
            "The console needs Streamlit, which is not installed. In a checkout type: make console; "
            "elsewhere: pip install 'customertrack[console]'"
        )
    port = _free_port(args.address, args.port)
    # Streamlit is loaded after what is quickly found wrong.
    from customertrack.console.on_one_machine import arguments
    from customertrack.console.serve import serve

    def ready() -> None:
        _tell(args.address, port, context)
        if not args.no_browser and context.err.isatty():
            Thread(target=_open_browser, args=(_url(args.address, port),), daemon=True).start()

    # What Streamlit says is no result.
    with redirect_stdout(context.err):
        serve(args.address, port, arguments(context.home, context.command("").rstrip()), ready)
    return 0


def _tell(address: str, port: int, context: Context) -> None:
    context.say(f"The console is at {_url(address, port)} until Ctrl-C.")
    if address not in _THIS_MACHINE:
        context.say(
            f"It asks for no password: everybody who reaches {_host(address)} can read all that the home holds."
        )


def _url(address: str, port: int) -> str:
    host = _host(address)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _host(address: str) -> str:
    return socket.gethostname() if address in _EVERY_ADDRESS else address


def _open_browser(url: str) -> None:
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        # One without windows would take the terminal.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)


def _free_port(address: str, wanted: int | None) -> int:
    """The port that is wanted, or the first that nobody has. Raises UserError."""
    last = _FIRST_PORT + _PORTS - 1
    for port in [wanted] if wanted else range(_FIRST_PORT, last + 1):
        if _is_free(address, port):
            return port
    if wanted:
        raise UserError(f"Port {wanted} is taken; give another with --port, or none to have a free one chosen.")
    raise UserError(f"The ports from {_FIRST_PORT} to {last} are all taken; give another with --port.")


def _is_free(address: str, port: int) -> bool:
    """Raises UsageError if nothing can listen there at all."""
    try:
        family, *_, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            # As a server does: what an ended one has left behind is no hindrance.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise UsageError(f"Port {port} of {address} cannot be had: {error.strerror}; give others.") from error
    return True
