"""An account of Snowflake in a folder: who may sign in, each user's warehouse, and what reaches S3 for them.

    account.duckdb        what the administrator's statements made: users, roles, warehouses, grants
    <stage>.duckdb        the database of a stage, with its integrations, pipes, tasks
    identity.json         as whom the account assumes roles in AWS
    ahead                 how many days its clock is ahead
    sign_ins.jsonl        every attempt to sign in, as it was asked for

Database and warehouse of a stage have one name, and so has the role that owns both: a role's database is known by the
warehouse that it may use, and a role of another name may only read what it was granted there.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3

from customertrack.sqltext.statements import split
from snowglobe import Connection, Grant, User, connect, utc_now
from snowglobe.errors import DatabaseError, NotSupportedError, OperationalError, ProgrammingError
from tests.emulator.cloud import Identity, S3Cloud

# Names of the driver's options whose values are nobody's business.
_SECRETS = {"private_key", "private_key_file_pwd", "password", "token", "passcode"}
_BUSY = 250001


@dataclass(frozen=True)
class Account:
    """The account in `folder`. One process at a time has a warehouse open; others wait `patience` seconds for it."""

    folder: Path
    patience: float = 60

    @classmethod
    def create(cls, folder: Path, identity: Identity | None = None) -> "Account":
        """Make an account without users. `identity`: the user of AWS that it assumes roles as."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "identity.json").write_text(json.dumps(asdict(identity or Identity())))
        return cls(folder)

    def administer(self, statements: str) -> None:
        """Run an administrator's statements, such as `make administrator` prints."""
        with self._open("account", "snowflake") as connection:
            for statement in split(statements, "administrator"):
                connection.cursor().execute(statement.text)

    def connect(self, options: Mapping[str, Any]) -> Connection:
        """Sign in with the options of the driver's connect(). Raises the driver's errors."""
        with (self.folder / "sign_ins.jsonl").open("a") as file:
            shown = {name: "***" if name in _SECRETS else str(value) for name, value in options.items()}
            file.write(json.dumps(shown) + "\n")
        if not options.get("account"):
            raise ProgrammingError("Account must be specified", 251001, "08001")
        if options.get("paramstyle") != "qmark":
            raise NotSupportedError("The stand-in binds ? alone: sign in with paramstyle='qmark'", 2, "0A000")
        database, role = self._signed_in(options)
        role = "" if role == database else role
        schema = str(options.get("schema") or "")
        return self._open(database, database, schema, role, options.get("session_parameters"))

    def warehouse(self, stage: str) -> Connection:
        """The warehouse of a stage, as the account itself sees it. Close it: functions wait for it."""
        return self._open(stage.lower(), stage.lower(), "dimension")

    def sign_ins(self) -> list[dict[str, str]]:
        """The options of every attempt to sign in, in order, secrets left out."""
        file = self.folder / "sign_ins.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def forward(self, days: int) -> None:
        """Put the account's clock forward, for sessions that begin from now on. AWS has its own."""
        (self.folder / "ahead").write_text(str(self._ahead().days + days))

    def cloud(self) -> S3Cloud:
        """S3 as the account reaches it."""
        identity = Identity(**json.loads((self.folder / "identity.json").read_text()))
        return S3Cloud((self.folder / "s3").absolute(), identity)

    def _ahead(self) -> timedelta:
        file = self.folder / "ahead"
        return timedelta(days=int(file.read_text()) if file.exists() else 0)

    def _signed_in(self, options: Mapping[str, Any]) -> tuple[str, str]:
        """The database and the role of who signs in."""
        host = f"{options['account']}.snowflakecomputing.com:443"
        if str(options.get("authenticator", "")).upper() != "WORKLOAD_IDENTITY":
            raise _refused(host, "JWT token is invalid.", 390144)
        if str(options.get("workload_identity_provider", "")).upper() != "AWS":
            needed = "must be set to one of AWS,AZURE,GCP,OIDC when authenticator is WORKLOAD_IDENTITY."
            raise ProgrammingError(f"workload_identity_provider {needed}", 251017, "08001")
        with self._open("account", "snowflake") as connection:
            users, grants = connection.entries(User), connection.entries(Grant)
        arn = caller()
        found = [user for user in users if user.identity and _is_identity(arn, user.identity)]
        if options.get("user"):
            found = [user for user in found if user.name == str(options["user"]).lower()]
        if len(found) != 1:
            raise _refused(host, f"No user is mapped to the workload identity {arn}.")
        role = str(options.get("role") or found[0].options.get("DEFAULT_ROLE", ""))
        if role.lower() not in found[0].roles:
            raise _refused(
                host,
                f"Role '{role.upper()}' specified in the connect string is not granted to this user. "
                "Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.",
                390189,
            )
        (database,) = (each.on for each in grants if (each.role, each.kind) == (role.lower(), "WAREHOUSE"))
        return database, role.lower()

    def _open(
        self,
        file: str,
        database: str,
        schema: str = "",
        role: str = "",
        parameters: Mapping[str, object] | None = None,
    ) -> Connection:
        deadline, ahead = time.monotonic() + self.patience, self._ahead()
        while True:
            try:
                return connect(
                    self.folder / f"{file}.duckdb",
                    database_name=database,
                    schema=schema,
                    role=role,
                    session_parameters=parameters,
                    cloud=self.cloud(),
                    clock=lambda: utc_now() + ahead,
                )
            except OperationalError as error:
                if error.errno != _BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)


def caller() -> str:
    """The ARN of whoever runs this process, as AWS tells it."""
    return str(boto3.client("sts").get_caller_identity()["Arn"])


def _is_identity(caller_arn: str, arn: str) -> bool:
    """Whether a caller is the user's workload identity: the role whose session it is.

    Without IAM the emulator runs everything as root, and can only be asked for the number of its account.
    """
    account, kind = caller_arn.split(":")[4], caller_arn.split(":", 5)[5].split("/")
    if kind[0] == "assumed-role":
        return arn == f"arn:aws:iam::{account}:role/{kind[1]}"
    return kind[0] == "root" and arn.split(":")[4] == account


def _refused(host: str, why: str, code: int = 390100) -> DatabaseError:
    """The driver's error for a sign-in that the account refuses: the server's code, and sqlstate 28000 for the codes
    that the driver takes for a rejected credential (4.8, network.CREDENTIAL_REJECTION_GS_CODES).
    """
    return DatabaseError(f"Failed to connect to DB: {host}. {why}", code, "28000" if code < 390189 else "08001")
