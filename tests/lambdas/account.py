"""An account of Snowflake, as far as its integrations and the policy of a topic go; it remembers what it was sent."""

import json
import re
from collections.abc import Sequence
from typing import Any

USER = "arn:aws:iam::999988887777:user/abc1-s-xyz"
_CREATE = re.compile(r'CREATE (STORAGE|NOTIFICATION) INTEGRATION IF NOT EXISTS "(\w+)" (.+)')
_ALTER = re.compile(r'ALTER (STORAGE|NOTIFICATION) INTEGRATION "(\w+)" SET (.+)')
_DESC = re.compile(r'DESC INTEGRATION "(\w+)"')
_POLICY = re.compile(r"SELECT SYSTEM\$GET_AWS_SNS_IAM_POLICY\('(.+)'\)")
_PROPERTY = re.compile(r"(\w+) = (?:\(([^)]*)\)|'([^']*)'|(\w+))")


class Refused(Exception):
    """An error of the driver."""

    def __init__(self, msg: str, errno: int, sqlstate: str = "42501") -> None:
        super().__init__(msg)
        self.msg, self.errno, self.sqlstate = msg, errno, sqlstate


class Account:
    """Keeps what CREATE and ALTER set, per integration, and numbers the integrations it makes.

    A test may change `integrations`, as a person with the right role may, and `policy`; `refusals` are raised when a
    statement with that beginning comes.
    """

    def __init__(self) -> None:
        self.integrations: dict[str, dict[str, str]] = {}
        self.policy: Any = None
        self.refusals: dict[str, Refused] = {}
        self.sent: list[str] = []
        self.made = 0
        self.closed = 0

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def close(self) -> None:
        self.closed += 1

    def verbs(self) -> list[str]:
        """The first word of each statement so far, since the last look."""
        verbs = [statement.split()[0] for statement in self.sent]
        self.sent.clear()
        return verbs

    def replace(self, name: str) -> None:
        """CREATE OR REPLACE by a person who knows only half of it: new external ids, other role."""
        self.integrations.pop(name)
        self._create(name, "STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::1:role/other' ENABLED = FALSE")

    def answer(self, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        for beginning, refusal in self.refusals.items():
            if statement.startswith(beginning):
                raise refusal
        if found := _CREATE.fullmatch(statement):
            if found[2] not in self.integrations:
                self._create(found[2], found[3])
        elif found := _ALTER.fullmatch(statement):
            self.integrations[found[2]] |= _properties(found[3])
        elif found := _DESC.fullmatch(statement):
            return self._describe(found[1])
        elif found := _POLICY.fullmatch(statement):
            return ["POLICY"], [(json.dumps(policy(found[1])) if self.policy is None else self.policy,)]
        else:
            raise AssertionError(f"not a statement of the handshake: {statement}")
        return ["status"], [("done",)]

    def _create(self, name: str, properties: str) -> None:
        self.made += 1
        own = {
            "STORAGE_AWS_IAM_USER_ARN": USER,
            "STORAGE_AWS_EXTERNAL_ID": f"AB_{self.made}",
            "SF_AWS_IAM_USER_ARN": USER,
            "SF_AWS_EXTERNAL_ID": f"AB_{self.made}",
        }
        self.integrations[name] = own | _properties(properties)

    def _describe(self, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        if name not in self.integrations:
            raise Refused(f"Integration '{name}' does not exist or not authorized.", 2003, "02000")
        # Not in the order that the page shows: only names count.
        columns = ["property_type", "property_value", "property", "property_default"]
        return columns, [("String", value, key, "") for key, value in self.integrations[name].items()]


class Cursor:
    """A cursor of the account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.rowcount = None
        self.description: list[tuple[str]] = []
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, command: str, params: Sequence[Any] | None = None) -> None:
        assert params is None
        self._account.sent.append(command)
        columns, self._rows = self._account.answer(command)
        self.description = [(column,) for column in columns]

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows, self._rows = self._rows, []
        return rows


def policy(topic_arn: str) -> dict[str, Any]:
    """As in the example of the page on SYSTEM$GET_AWS_SNS_IAM_POLICY."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "1",
                "Effect": "Allow",
                "Principal": {"AWS": USER},
                "Action": ["sns:Subscribe"],
                "Resource": [topic_arn],
            }
        ],
    }


def _properties(text: str) -> dict[str, str]:
    """What DESC shows of an assignment: lists without brackets, keywords of truth in lower case."""
    return {
        name: several.replace("'", "").replace(", ", ",") or one or word.lower()
        for name, several, one, word in _PROPERTY.findall(text)
    }
