"""sql/ as the functions have it: with the dimensions of the stage, and no other that a checkout holds."""

import shutil
from pathlib import Path

from customertrack.local.home import sql_folder
from infra.sql_files import packaged


def packaged_sql(folder: Path) -> Path:
    """Write what the package of a stage with customer alone has of sql/ into `folder`, which is returned."""
    for path in packaged(sql_folder(), ["customer"]):
        copy = folder / path.relative_to(sql_folder())
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return folder
