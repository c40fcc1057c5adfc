"""The Chromium of this machine, in which the console is looked at.

``python -m tests.console.browser.chromium`` names it, or says in a sentence that there is none and exits with 1.
"""

import shutil
import sys

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class NoChromiumError(Exception):
    """This machine has no Chromium; the message says what to do."""


def chromium() -> str:
    """Its path. Raises NoChromiumError."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise NoChromiumError("no page can be looked at here: install Chromium (on Debian: apt-get install chromium)")
    return found


if __name__ == "__main__":
    try:
        print(f"pages are looked at in {chromium()}")
    except NoChromiumError as error:
        sys.exit(str(error))
