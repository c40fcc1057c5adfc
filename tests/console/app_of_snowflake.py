"""Looks at every page of an app as Snowflake would run it, and prints what came out as JSON: run by itself, by path.

Arguments: the folder of the app, that of the home whose warehouse stands for the account, the role. Of the project
there is only what is in the app, and the embedded warehouse; what Snowflake brings besides is made here.
"""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

_APP, _HOME, _ROLE = sys.argv[1:]
# Of the checkout snowglobe alone: what is asked of customertrack must be in the app.
sys.path[:] = [_APP, *(path for path in sys.path[1:] if path)]
sys.path.append(str(Path(__file__).parents[2]))

from snowglobe import Connection, FolderBucket, connect  # noqa: E402
from snowglobe.account import privileges  # noqa: E402

# Of each page an address at which it asks for all that it can.
_ADDRESSES: dict[str, dict[str, str]] = {
    "overview": {},
    "one_key": {"key": "1", "k": "2026-01-05T00:00:00Z"},
    "changes": {},
    "rejects": {},
    "refreshes": {},
    "definition": {},
}
_DIMENSIONS = ("customer", "product")
# Seconds. What takes longer hangs.
_PATIENCE = 120


def main() -> None:
    """Look, and print."""
    asked: set[tuple[str, str, str]] = set()
    _note(asked)
    home = Path(_HOME)
    with connect(
        home / "warehouse.duckdb",
        database_name="customertrack",
        schema="dimension",
        role=_ROLE,
        buckets={"customertrack-home": FolderBucket(home)},
        work_tables=[f"dimension.{name}_work_{each}" for name in _DIMENSIONS for each in ("key", "timeline")],
    ) as connection:
        _bring(connection)
        pages = {"the app": _told(_whole())}
        for name in _DIMENSIONS:
            for page, address in _ADDRESSES.items():
                pages[f"{page} of {name}"] = _told(_page(page, dimension=name, **address))
        of_us = sorted(module for module in sys.modules if module.partition(".")[0] == "customertrack")
        where = {str(sys.modules[module].__file__).startswith(f"{_APP}/") for module in of_us}
        refused = _refused(connection)
    print(json.dumps({"pages": pages, "asked": sorted(asked), "of the app alone": where == {True}, "refused": refused}))


def _note(asked: set[tuple[str, str, str]]) -> None:
    """Have each privilege noted that a question needed and had."""
    may, those = privileges.may, privileges.those_it_may

    def noted(session: Any, privilege: str, kind: str, on: str) -> bool:
        has = may(session, privilege, kind, on)
        if has:
            asked.add((privilege, kind, on))
        return has

    def noted_of_all(session: Any, allowed: Any) -> list[str] | None:
        found = those(session, allowed)
        asked.update(("MONITOR", "TASK", name) for name in found or () if name.endswith("_task"))
        return found

    privileges.may, privileges.those_it_may = noted, noted_of_all


def _bring(connection: Connection) -> None:
    """What Snowflake has in each app: Snowpark, which says where it is and hands over the session."""
    context, utils = ModuleType("snowflake.snowpark.context"), ModuleType("snowflake.snowpark._internal.utils")
    context.get_active_session = lambda: SimpleNamespace(connection=connection)  # type: ignore[attr-defined]
    utils.is_in_stored_procedure = lambda: True  # type: ignore[attr-defined]
    for module in (ModuleType("snowflake.snowpark"), ModuleType("snowflake.snowpark._internal"), context, utils):
        sys.modules[module.__name__] = module


def _whole() -> Any:
    from streamlit.testing.v1 import AppTest

    return AppTest.from_file(str(Path(_APP, "streamlit_app.py")), default_timeout=_PATIENCE).run()


def _page(name: str, **address: str) -> Any:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_function(_script, args=(name,), default_timeout=_PATIENCE)
    for word, value in address.items():
        app.query_params[word] = value
    return app.run()


def _script(name: str) -> None:
    from importlib import import_module
    from pathlib import Path

    from customertrack.console import in_snowflake
    from customertrack.console.app import open_page
    from customertrack.dimension.project import Project

    source = in_snowflake.InSnowflake(Project(Path(in_snowflake.__file__).parents[2]))
    open_page(source, name, import_module(f"customertrack.console.pages.{name}").show)


def _told(app: Any) -> dict[str, Any]:
    return {
        "title": [one.value for one in app.title],
        "errors": [one.value for one in [*app.exception, *app.error]],
        "figures": {one.label: one.value for one in app.metric},
    }


def _refused(connection: Connection) -> list[str]:
    """What the role is told when it writes."""
    said = []
    for statement in ("DELETE FROM customer_raw", "CREATE TABLE mine (a INT)", "DROP STREAMLIT console"):
        try:
            connection.cursor().execute(statement)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told
            said.append(str(error))
    return said


if __name__ == "__main__":
    main()
