"""Whether Snowflake reaches the bucket, asked until it does.

Only "list" is asked: "read" wants a file that is there, and at the first deploy none is
(docs.snowflake.com, "SYSTEM$VALIDATE_STORAGE_INTEGRATION").
"""

import json
from collections.abc import Mapping

from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection
from lambdas.migrate.waiting import Waiting

SUCCESS = "success"


def validate(connection: Connection, integration: str, urls: Mapping[str, str], waiting: Waiting) -> dict[str, str]:
    """For each of the URLs, by the same names: `success`, or what Snowflake says is wrong when the time is over."""
    answers: dict[str, str] = {}
    for _ in waiting.tries():
        for name, url in urls.items():
            if answers.get(name) != SUCCESS:
                answers[name] = _listed(connection, integration, url)
        if all(answer == SUCCESS for answer in answers.values()):
            break
    return answers


def _listed(connection: Connection, integration: str, url: str) -> str:
    # The name is case-sensitive here, and unquoted names are upper case everywhere else.
    arguments = ", ".join(literal(each) for each in (integration.upper(), url, "no-such-file.csv", "list"))
    cursor = connection.cursor()
    cursor.execute(f"SELECT SYSTEM$VALIDATE_STORAGE_INTEGRATION({arguments})")
    text = str(cursor.fetchone()[0])
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return SUCCESS if isinstance(found, dict) and found.get("status") == SUCCESS else text
