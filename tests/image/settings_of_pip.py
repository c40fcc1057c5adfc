"""How this machine's pip reaches PyPI, for the pip in a build, which sees neither its files nor its environment."""

import re
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

# What also holds inside a container. The rest names folders of this machine, or is none of the build's business.
KEPT = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")
# Where generator/Dockerfile has the certificates.
CERTIFICATES = "/run/secrets/ca.pem"

# A line such as global.timeout='60'; the later of these scopes counts.
_SETTING = re.compile(r"(.*)\.([\w-]+)=(['\"].*['\"])")
_SCOPES = ("global", "install", ":env:")


def secrets(folder: Path) -> dict[str, Path]:
    """The secrets of generator/Dockerfile by id, as files in ``folder``; none if pip is not configured here."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    return written(told.stdout, folder)


def written(configured: str, folder: Path) -> dict[str, Path]:
    """The same from what ``pip config list`` says."""
    said = _SETTING.findall(configured)
    settings = {name: literal_eval(value) for each in _SCOPES for scope, name, value in said if scope == each}
    found = {"ca.pem": Path(settings["cert"])} if "cert" in settings else {}
    lines = [f"cert = {CERTIFICATES}"] if found else []
    for name in KEPT:
        words = [word for word in settings.get(name, "").split() if not word.startswith("file:")]
        lines += [f"{name} = {' '.join(words)}"] if words else []
    if lines:
        found["pip.conf"] = folder / "pip.conf"
        found["pip.conf"].write_text("\n".join(["[global]", *lines, ""]))
    return found
