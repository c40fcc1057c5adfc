"""Two grammars of Snowflake's SQL read what the functions send, as tests/sql/test_grammars.py has them read sql/."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from customertrack.migrations import discover
from lambdas.handshake.handshake import shake_hands
from lambdas.reason import Failed
from tests.lambdas import grammar_gaps
from tests.lambdas.account import Account
from tests.lambdas.migrate.deploy import FAILURE, LATER, Deploy, refusing
from tests.lambdas.properties import MIGRATIONS
from tests.lambdas.test_handshake import TERMS
from tests.sql.test_grammars import read_by_sqlfluff, read_by_sqlglot

GRAMMARS = [(read_by_sqlglot, grammar_gaps.SQLGLOT), (read_by_sqlfluff, grammar_gaps.SQLFLUFF)]
_EXTERNAL_ID = re.compile(r" STORAGE_AWS_EXTERNAL_ID = '[^']+'")


@pytest.fixture
def shaken() -> list[str]:
    """Every statement of the handshake: a first one, then one that finds other values."""
    account = Account()
    shake_hands(account, TERMS)
    shake_hands(account, replace(TERMS, external_id="other", error_topic_arn="arn:aws:sns:us-east-1:1:other"))
    return account.sent


@pytest.fixture
def migrated(deploy: Deploy, sql: Path) -> list[str]:
    """Every statement of a first deploy, of one that fails and waits, and of a delete; those of sql/ are left out."""
    deploy("Create")
    deploy.warehouse.refuse = refusing("CREATE PIPE")
    with pytest.raises(Failed):
        deploy("Update", LATER)
    deploy.warehouse.refuse = lambda statement: None
    deploy.warehouse.validations = [FAILURE]
    deploy("Update", LATER)
    deploy("Delete")
    migrations = [
        migration
        for values in (MIGRATIONS, LATER)
        for migration in discover(sql, values["Variables"] | {"tasks": "RESUME"})
    ]
    of_sql = {statement.text for migration in migrations for statement in migration.statements}
    return [text for text in dict.fromkeys(deploy.warehouse.sent) if text not in of_sql]


def gap(statement: str, gaps: dict[str, str]) -> str | None:
    return next((beginning for beginning in gaps if statement.startswith(beginning)), None)


def test_every_statement_is_read_or_a_known_gap(shaken: list[str], migrated: list[str]):
    # A bind is `?`; grammars know `:name`, not all of them know `?`.
    sent = [statement.replace("?", ":bind") for statement in [*shaken, *migrated]]
    assert len(sent) > 25
    for read, gaps in GRAMMARS:
        unread = [statement for statement in sent if not read(statement)]
        assert [statement for statement in unread if gap(statement, gaps) is None] == []
        assert {gap(statement, gaps) for statement in unread} == set(gaps)


def test_what_sqlfluff_lacks_of_the_storage_integration_is_the_external_id_alone(shaken: list[str]):
    storage = [statement for statement in shaken if " STORAGE INTEGRATION " in statement]
    assert [statement.split()[0] for statement in storage] == ["CREATE", "CREATE", "ALTER"]
    assert [statement for statement in storage if not read_by_sqlfluff(_EXTERNAL_ID.sub("", statement))] == []


def test_what_neither_knows_of_the_notification_integration_is_what_create_says(shaken: list[str]):
    _, create, alter = [statement for statement in shaken if " NOTIFICATION INTEGRATION " in statement]
    assert create.endswith(f" NOTIFICATION_PROVIDER = AWS_SNS {alter.partition(' SET ')[2]}")
    assert read_by_sqlfluff(create)


@pytest.mark.parametrize("entry", [*grammar_gaps.SQLGLOT.items(), *grammar_gaps.SQLFLUFF.items()])
def test_every_gap_names_the_page_of_its_own_statement(entry: tuple[str, str]):
    beginning, page = entry
    words = page.rpartition("/")[2].split("-")
    assert words[: len(beginning.split())] == beginning.lower().split()
