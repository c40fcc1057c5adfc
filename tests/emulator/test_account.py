"""The account behind the stand-in for Snowflake's driver: who may sign in, and how S3 is reached."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from snowglobe import Connection
from snowglobe.errors import DatabaseError, NotSupportedError, OperationalError, ProgrammingError
from tests.emulator.account import Account
from tests.emulator.cloud import Identity
from tests.emulator.signing_in import OPTIONS, become


def refusal(account: Account, **options: Any) -> DatabaseError:
    with pytest.raises(DatabaseError) as raised:
        account.connect(OPTIONS | options)
    return raised.value


def test_the_role_of_the_functions_signs_in_and_its_database_keeps(account: Account, function: None):
    with account.connect(OPTIONS) as connection:
        connection.cursor().execute("CREATE DATABASE IF NOT EXISTS CUSTOMERTRACK_DEV")
        connection.cursor().execute("CREATE SCHEMA IF NOT EXISTS CUSTOMERTRACK_DEV.dimension")
        connection.cursor().execute("CREATE TABLE t (a INT)")
    with account.warehouse("CUSTOMERTRACK_DEV") as connection:
        assert connection.cursor().execute("SELECT COUNT(*) FROM t").fetchall() == [(0,)]


def test_the_watch_is_in_the_same_database_and_reads_what_it_was_granted(
    account: Account, function: None, monkeypatch: pytest.MonkeyPatch
):
    with account.connect(OPTIONS) as connection:
        for statement in (
            "CREATE SCHEMA IF NOT EXISTS CUSTOMERTRACK_DEV.dimension",
            "USE SCHEMA CUSTOMERTRACK_DEV.dimension",
            "CREATE TABLE t (a INT)",
            "CREATE TABLE u (a INT)",
            "GRANT USAGE ON DATABASE CUSTOMERTRACK_DEV TO ROLE CUSTOMERTRACK_DEV_WATCH",
            "GRANT USAGE ON SCHEMA dimension TO ROLE CUSTOMERTRACK_DEV_WATCH",
            "GRANT SELECT ON TABLE t TO ROLE CUSTOMERTRACK_DEV_WATCH",
        ):
            connection.cursor().execute(statement)
    become("customertrack-dev-watch", monkeypatch)
    assert refusal(account).errno == 390100
    named = {"user": "CUSTOMERTRACK_DEV_WATCH", "role": "CUSTOMERTRACK_DEV_WATCH"}
    assert "is not granted to this user" in refusal(account, user=named["user"]).msg
    with account.connect(OPTIONS | named) as connection:
        connection.cursor().execute("USE SCHEMA CUSTOMERTRACK_DEV.dimension")
        assert connection.cursor().execute("SELECT COUNT(*) FROM t").fetchall() == [(0,)]
        for statement in ("SELECT COUNT(*) FROM u", "DELETE FROM t"):
            with pytest.raises(ProgrammingError, match=r"not authorized|Insufficient privileges"):
                connection.cursor().execute(statement)


def test_the_user_need_not_be_named(account: Account, function: None):
    with account.connect({name: value for name, value in OPTIONS.items() if name != "user"}):
        pass


def test_before_the_administrator_was_there_nobody_signs_in(tmp_path: Path, function: None):
    error = refusal(Account.create(tmp_path / "account"))
    assert (error.errno, error.sqlstate) == (390100, "28000")
    assert error.raw_msg.startswith("Failed to connect to DB: acme-main.snowflakecomputing.com:443. ")


def test_another_role_or_user_or_authenticator_is_refused(
    account: Account, function: None, monkeypatch: pytest.MonkeyPatch
):
    assert refusal(account, user="SOMEBODY_ELSE").errno == 390100
    assert refusal(account, authenticator="SNOWFLAKE_JWT", private_key=b"secret").errno == 390144
    assert "is not granted to this user" in refusal(account, role="ACCOUNTADMIN").msg
    become("customertrack-prod-warehouse", monkeypatch)
    assert refusal(account).errno == 390100


def test_what_the_real_driver_or_the_embedded_warehouse_would_not_take_is_an_error(account: Account, function: None):
    with pytest.raises(ProgrammingError, match="Account must be specified"):
        account.connect(OPTIONS | {"account": ""})
    with pytest.raises(ProgrammingError, match="workload_identity_provider must be set"):
        account.connect(OPTIONS | {"workload_identity_provider": ""})
    with pytest.raises(NotSupportedError, match="paramstyle='qmark'"):
        account.connect(OPTIONS | {"paramstyle": "pyformat"})
    with pytest.raises(NotSupportedError, match="TIMEZONE = Europe/Berlin"):
        account.connect(OPTIONS | {"session_parameters": {"TIMEZONE": "Europe/Berlin"}})


def test_how_it_was_asked_is_recorded_without_secrets(account: Account, function: None):
    refusal(account, authenticator="SNOWFLAKE_JWT", private_key=b"secret")
    account.connect(OPTIONS | {"session_parameters": {"QUERY_TAG": "test"}}).close()
    first, second = account.sign_ins()
    assert (first["authenticator"], first["private_key"]) == ("SNOWFLAKE_JWT", "***")
    assert (second["authenticator"], second["session_parameters"]) == ("WORKLOAD_IDENTITY", "{'QUERY_TAG': 'test'}")
    assert b"secret" not in (account.folder / "sign_ins.jsonl").read_bytes()


def other_process(account: Account, seconds: float) -> "subprocess.Popen[str]":
    """Has the warehouse open when this returns, for so long."""
    code = (
        "import sys, time; from pathlib import Path; from tests.emulator.account import Account\n"
        f"with Account(Path({str(account.folder)!r})).warehouse('customertrack_dev'):\n"
        f"    print('open', flush=True); time.sleep({seconds})\n"
    )
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def test_a_warehouse_that_another_process_has_open_is_waited_for(account: Account, function: None):
    with other_process(account, 1) as process, account.connect(OPTIONS):
        assert process.wait() == 0


def test_it_is_not_waited_for_for_ever(account: Account, function: None):
    with other_process(account, 60) as process:
        with pytest.raises(OperationalError, match="Another process has"):
            Account(account.folder, patience=0.2).connect(OPTIONS)
        process.kill()


def test_two_connections_of_one_process_share_the_warehouse(account: Account, function: None):
    opened: list[Connection] = []
    thread = threading.Thread(target=lambda: opened.append(account.connect(OPTIONS)))
    with account.connect(OPTIONS):
        thread.start()
        thread.join()
    opened[0].close()


def test_who_it_is_in_aws_is_said_when_it_is_made(tmp_path: Path):
    identity = Identity("arn:aws:iam::111122223333:user/sf", "AKIAEXAMPLE", "secret")
    Account.create(tmp_path / "account", identity)
    assert Account(tmp_path / "account").cloud().identity == identity
