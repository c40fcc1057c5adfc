"""What an administrator of Snowflake is told to run: read by two grammars, and what it says."""

import io
import logging
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import boto3
import pytest
import sqlglot
from botocore.client import BaseClient
from moto import mock_aws
from sqlglot import exp

import snowglobe
from infra import administrator
from infra.administrator import CREDENTIAL, console_statements, main, statements
from lambdas.connection import STATEMENT_TIMEOUT
from tests.infra.rendered import rendered
from tests.infra.synthesis import Synthesised
from tests.sql.test_grammars import read_by_sqlfluff

BLOCK = statements("dev", "123456789012")
CONSOLE = console_statements("dev")
ROLE = "arn:aws:iam::123456789012:role/customertrack-dev-warehouse"
WATCH_ROLE = "arn:aws:iam::123456789012:role/customertrack-dev-watch"
# sqlglot keeps these as text: it has no grammar of roles and users.
TEXT = {
    "CREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV",
    "CREATE USER IF NOT EXISTS CUSTOMERTRACK_DEV TYPE = SERVICE DEFAULT_ROLE = CUSTOMERTRACK_DEV "
    "DEFAULT_WAREHOUSE = CUSTOMERTRACK_DEV",
    f"ALTER USER CUSTOMERTRACK_DEV SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{ROLE}')",
    "GRANT ROLE CUSTOMERTRACK_DEV TO USER CUSTOMERTRACK_DEV",
    "GRANT ROLE CUSTOMERTRACK_DEV TO ROLE SYSADMIN",
    "CREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV_WATCH",
    "CREATE USER IF NOT EXISTS CUSTOMERTRACK_DEV_WATCH TYPE = SERVICE DEFAULT_ROLE = CUSTOMERTRACK_DEV_WATCH",
    f"ALTER USER CUSTOMERTRACK_DEV_WATCH SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{WATCH_ROLE}')",
    "GRANT ROLE CUSTOMERTRACK_DEV_WATCH TO USER CUSTOMERTRACK_DEV_WATCH",
    "GRANT ROLE CUSTOMERTRACK_DEV_WATCH TO ROLE SYSADMIN",
}
# All that the watch gets here; the rest is in sql/, where the objects are made.
GRANTED_TO_THE_WATCH = {(("USAGE",), "WAREHOUSE", "CUSTOMERTRACK_DEV")}
GRANTED = {
    (("CREATE DATABASE",), "", "ACCOUNT"),
    (("CREATE INTEGRATION",), "", "ACCOUNT"),
    (("EXECUTE TASK",), "", "ACCOUNT"),
    (("EXECUTE MANAGED TASK",), "", "ACCOUNT"),
    (("USAGE", "OPERATE"), "WAREHOUSE", "CUSTOMERTRACK_DEV"),
}


@pytest.fixture(autouse=True)
def _no_warnings_of_sqlglot(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "sqlglot")


def trees(block: str) -> list[exp.Expr]:
    return [tree for tree in sqlglot.parse(block, read="snowflake") if tree is not None]


def each(block: str) -> list[str]:
    lines = [line for line in block.splitlines() if not line.startswith("--")]
    return [" ".join(text.split()) for text in "\n".join(lines).split(";") if text.strip()]


@pytest.mark.parametrize("sign_in", sorted(CREDENTIAL))
def test_every_statement_is_read_by_the_second_grammar(sign_in: str):
    block = statements("dev", "123456789012", sign_in=sign_in)
    assert [text for text in each(block) if not read_by_sqlfluff(text)] == []


def test_what_the_first_grammar_does_not_read_is_known_word_by_word():
    unread = {text for text, tree in zip(each(BLOCK), trees(BLOCK), strict=True) if isinstance(tree, exp.Command)}
    assert unread == TEXT


def test_it_is_run_by_the_administrator_of_the_account():
    first = trees(BLOCK)[0]
    assert isinstance(first, exp.Use)
    assert first.sql(dialect="snowflake", comments=False) == "USE ROLE ACCOUNTADMIN"


def test_exactly_these_privileges_are_granted_to_the_roles():
    found: dict[str, set[Any]] = {}
    for grant in (tree for tree in trees(BLOCK) if isinstance(tree, exp.Grant)):
        (principal,) = grant.args["principals"]
        assert principal.args["kind"] == "ROLE"
        assert not grant.args["grant_option"]
        privileges = tuple(privilege.name for privilege in grant.args["privileges"])
        granted = (privileges, grant.args.get("kind") or "", grant.args["securable"].name)
        found.setdefault(principal.name, set()).add(granted)
    assert found == {"CUSTOMERTRACK_DEV": GRANTED, "CUSTOMERTRACK_DEV_WATCH": GRANTED_TO_THE_WATCH}


def test_the_watch_has_no_warehouse_by_default():
    """One that the session has without asking is woken by whatever needs one."""
    (text,) = (text for text in each(BLOCK) if text.startswith("CREATE USER") and "_WATCH" in text)
    assert "DEFAULT_WAREHOUSE" not in text


def test_the_warehouse_is_small_and_sleeps():
    (warehouse,) = (tree for tree in trees(BLOCK) if isinstance(tree, exp.Create))
    assert (warehouse.kind, warehouse.this.name, warehouse.args["exists"]) == ("WAREHOUSE", "CUSTOMERTRACK_DEV", True)
    properties = {each.name.upper(): each.args["value"].sql().upper() for each in warehouse.find_all(exp.Property)}
    assert properties["WAREHOUSE_SIZE"] == "XSMALL"
    assert properties["AUTO_SUSPEND"] == "60"
    assert properties["INITIALLY_SUSPENDED"] == "TRUE"


def test_what_snowflake_would_choose_by_itself_is_chosen_here():
    (warehouse,) = (tree for tree in trees(BLOCK) if isinstance(tree, exp.Create))
    properties = {each.name.upper(): each.args["value"] for each in warehouse.find_all(exp.Property)}
    # A text in the documentation's syntax, and the only way to say it since RESOURCE_CONSTRAINT lost these values.
    assert properties["GENERATION"] == exp.Literal.string("1")
    assert properties["ENABLE_QUERY_ACCELERATION"].sql() == "FALSE"
    assert int(properties["STATEMENT_TIMEOUT_IN_SECONDS"].name) > STATEMENT_TIMEOUT


@pytest.mark.parametrize("sign_in", sorted(CREDENTIAL.keys() - {"aws_jwt"}))
def test_the_embedded_warehouse_knows_every_word_of_it_but_an_issuer(sign_in: str, tmp_path: Path):
    with closing(snowglobe.connect(tmp_path / "warehouse.db")) as connection:
        for text in each(statements("dev", "123456789012", sign_in=sign_in) + CONSOLE):
            connection.cursor().execute(text)


def test_nothing_is_replaced_and_everything_can_be_repeated():
    for text in each(BLOCK + CONSOLE):
        assert "REPLACE" not in text
        assert not text.startswith("CREATE") or "IF NOT EXISTS" in text


def test_by_key_pair_there_is_a_place_for_the_public_key():
    block = statements("dev", "123456789012", sign_in="key_pair")
    assert "WORKLOAD_IDENTITY" not in block
    one, other = (text for text in each(block) if text.startswith("ALTER USER"))
    assert one.startswith("ALTER USER CUSTOMERTRACK_DEV SET RSA_PUBLIC_KEY = '<the public key")
    assert other.startswith("ALTER USER CUSTOMERTRACK_DEV_WATCH SET RSA_PUBLIC_KEY = '<the public key of the watch")
    others = [text for text in each(block) if not text.startswith("ALTER USER")]
    assert others == [text for text in each(BLOCK) if not text.startswith("ALTER USER")]


def test_by_a_token_the_role_stays_named_and_there_is_a_place_for_the_issuer():
    block = statements("dev", "123456789012", sign_in="aws_jwt")
    texts = [text for text in each(block) if text.startswith("ALTER USER")]
    assert [text.partition(" ISSUER = '<")[0] for text in texts] == [
        f"ALTER USER CUSTOMERTRACK_DEV SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{ROLE}'",
        f"ALTER USER CUSTOMERTRACK_DEV_WATCH SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{WATCH_ROLE}'",
    ]
    assert [text for text in texts if " ISSUER = '<" not in text] == []
    others = [text for text in each(block) if not text.startswith("ALTER USER")]
    assert others == [text for text in each(BLOCK) if not text.startswith("ALTER USER")]


def test_the_console_needs_a_role_that_gets_a_warehouse_and_that_the_deploy_may_use():
    assert each(CONSOLE) == [
        "USE ROLE ACCOUNTADMIN",
        "CREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV_CONSOLE",
        "GRANT USAGE ON WAREHOUSE CUSTOMERTRACK_DEV TO ROLE CUSTOMERTRACK_DEV_CONSOLE",
        "GRANT ROLE CUSTOMERTRACK_DEV_CONSOLE TO USER CUSTOMERTRACK_DEV",
        "GRANT ROLE CUSTOMERTRACK_DEV_CONSOLE TO ROLE CUSTOMERTRACK_DEV",
    ]
    assert [text for text in each(CONSOLE) if not read_by_sqlfluff(text)] == []


def test_a_stage_with_a_console_prints_and_gives_them_besides(prod: Synthesised):
    assert prod.only("Custom::SqlMigrations")["ConsoleStatements"] == console_statements("prod")
    assert run("--aws-account", "123456789012", "-c", "console=true") == (0, f"{BLOCK}\n{CONSOLE}", "")


@pytest.mark.parametrize("kind", ["Custom::SnowflakeHandshake", "Custom::SqlMigrations"])
def test_the_functions_are_given_the_same_block(dev: Synthesised, kind: str):
    expected = statements("dev", "<AWS::AccountId>", "<AWS::Partition>")
    assert rendered(dev.only(kind)["AdministratorStatements"]) == expected


@pytest.mark.parametrize(("role", "part"), [(ROLE, "FunctionsRole"), (WATCH_ROLE, "FunctionsWatchRole")])
def test_the_block_names_the_roles_that_are_made(dev: Synthesised, role: str, part: str):
    assert role.endswith(f"role/{dev.only('AWS::IAM::Role', part)['RoleName']}")


def run(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


def test_it_is_printed_for_an_account_that_is_given():
    assert run("--aws-account", "123456789012") == (0, BLOCK, "")


def test_the_stage_and_the_way_to_sign_in_are_settings():
    code, out, _ = run("--aws-account", "123456789012", "-c", "sign_in=key_pair")
    assert code == 0
    assert out == statements("dev", "123456789012", sign_in="key_pair")


def test_without_an_account_that_of_the_credentials_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
    with mock_aws():
        code, out, err = run()
    assert (code, err) == (0, "")
    assert "arn:aws:iam::210987654321:role/customertrack-dev-warehouse" in out


def test_the_account_of_the_stage_goes_before_that_of_the_credentials():
    code, out, err = run("-c", "aws_account=123456789012", "-c", "aws_region=eu-central-1")
    assert (code, out, err) == (0, BLOCK, "")


def test_credentials_of_another_partition_are_refused(monkeypatch: pytest.MonkeyPatch):
    with mock_aws():
        said = boto3.client("sts", region_name="us-east-1").get_caller_identity()
        elsewhere = {**said, "Arn": said["Arn"].replace("arn:aws:", "arn:aws-us-gov:")}
        monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: elsewhere)
        code, out, err = run()
    assert (code, out) == (1, "")
    assert "the partition aws-us-gov of AWS, which is not supported" in err
    assert err.count("\n") == 1


WRONG: list[tuple[list[Any], str]] = [
    (["--aws-account", "123"], "give the twelve digits of the account"),
    (["--aws-account", "123456789012", "-c", "aws_account=210987654321"], "leave one of them out"),
    (["--aws-account", "123456789012", "-c", "stage"], "write -c stage=VALUE"),
    (["--aws-account", "123456789012", "-c", "stage=prod"], "there is no stage 'prod'"),
    (["--aws-account", "123456789012", "-c", "stagee=dev"], "did you mean stage?"),
]


@pytest.mark.parametrize(("arguments", "advice"), WRONG)
def test_what_cannot_be_is_refused_in_a_sentence(arguments: list[str], advice: str):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert advice in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ['{"context": {"stages": {},}}', "[]", "{}", '{"context": []}', None])
def test_a_broken_cdk_json_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None):
    file = tmp_path / "cdk.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(administrator, "CDK_JSON", file)
    code, out, err = run("--aws-account", "123456789012")
    assert (code, out) == (1, "")
    assert err.startswith("customertrack: cdk.json ")
    assert err.endswith("correct it\n")
    assert err.count("\n") == 1


def test_without_account_and_credentials_it_says_how_to_give_it(monkeypatch: pytest.MonkeyPatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    code, out, err = run()
    assert (code, out) == (1, "")
    assert "--aws-account 123456789012" in err
    assert err.count("\n") == 1
