"""What the console's role is granted is there, whatever a definition makes."""

import pytest

from customertrack.dimension.render import render
from customertrack.sqltext.statements import split
from customertrack.sqltext.variables import substitute
from tests.dimension.definitions import GUARD, KINDS, LARGE, OP, THING, changed
from tests.dimension.warehouse import DATABASE, dimension

GRANTS = "console/grants.sql"
WITHOUT_VERSIONS = "\n[history]\nkeep = false\n"
SHAPES = {
    "changes": THING,
    "merged on read": THING + LARGE,
    "without versions": changed((', change = "update"', "")) + WITHOUT_VERSIONS,
    "snapshots": changed((KINDS, f'kind   = "snapshots"\n{GUARD}'), (f"{OP}\n", "")),
    "truncates": changed(('["D"]', '["D"], truncate = ["T"]')),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_all_that_is_granted_is_there(shape: str):
    with dimension(SHAPES[shape]) as made:
        rendered = render(made.definition)[GRANTS]
        text, used = substitute(rendered, {"database": DATABASE, "console_role": "looks"}, GRANTS)
        assert used == {"database", "console_role"}
        statements = [statement.text for statement in split(text, GRANTS)]
        assert all(statement.startswith(("GRANT SELECT", "GRANT USAGE", "GRANT MONITOR")) for statement in statements)
        for statement in statements:
            made.connection.cursor().execute(statement)
        (given,) = made.connection._session.rows(
            "SELECT COUNT(*) FROM embedded.object WHERE kind = 'Grant' AND name LIKE 'looks %'"
        )
        assert given == (len(statements),)
