"""The console as a server: Streamlit in this process, told all that it would else ask, tell or write."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from streamlit.web import bootstrap
from streamlit.web.server import Server

from customertrack.console import palette

_SCRIPT = str(Path(__file__).parent / "scripts" / "one_machine.py")
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def serve(address: str, port: int, arguments: list[str], ready: Callable[[], None]) -> None:
    """Answer browsers until SIGINT or SIGTERM. `arguments`: those of the script. `ready` is called when one can ask.

    Raises KeyboardInterrupt if SIGINT comes again before all is ended.
    """
    bootstrap.load_config_options(_options(address, port))
    sys.argv = [_SCRIPT, *arguments]
    asyncio.run(_serve(ready))


async def _serve(ready: Callable[[], None]) -> None:
    server = Server(_SCRIPT, is_hello=False)
    await server.start()
    bootstrap.prepare_streamlit_environment(_SCRIPT)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        # Streamlit says that it stops before it does, and nobody may be there any more to hear it.
        with redirect_stdout(StringIO()):
            server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    ready()
    await server.stopped


def _options(address: str, port: int) -> dict[str, Any]:
    """Streamlit's settings (docs.streamlit.io, "config.toml"). They go before those of any file."""
    themes = {
        f"theme.{theme}.{name}": colour for theme, colours in palette.THEMES.items() for name, colour in colours.items()
    }
    return {
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.level": "warning",
        "server.address": address,
        # A page of another host whose name was made to lead here is not answered.
        **({"server.allowedHosts": list(_THIS_MACHINE)} if address in _THIS_MACHINE else {}),
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.port": port,
        "theme.headingFontSizes": ["1.9rem", "1.4rem", "1.2rem"],
        **themes,
    }
