"""Integrations: what AWS has to trust is made up once and shown, and a stage goes by them."""

import json
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.support import drop_file, rows, run, value

LOCATIONS = "STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/in/')"
STORAGE = (
    "CREATE STORAGE INTEGRATION IF NOT EXISTS Reads TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE "
    f"STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/read' {LOCATIONS}"
)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:errors"
NOTIFICATION = (
    "NOTIFICATION INTEGRATION tells ENABLED = TRUE TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AWS_SNS "
    f"AWS_SNS_TOPIC_ARN = '{TOPIC}' AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/errors'"
)


def described(connection: Connection, integration: str) -> dict[str, str]:
    return {name: text for name, _, text, _ in rows(connection, f"DESC INTEGRATION {integration}")}


def validated(connection: Connection, location: str, file: str, action: str) -> dict[str, object]:
    arguments = ", ".join(f"'{each}'" for each in ("READS", location, file, action))
    return json.loads(value(connection, f"SELECT SYSTEM$VALIDATE_STORAGE_INTEGRATION({arguments})"))


def test_a_storage_integration_is_described_as_in_snowflakes_examples(warehouse: Connection):
    run(warehouse, f"{STORAGE} STORAGE_AWS_EXTERNAL_ID = 'ours' COMMENT = 'the landing'")
    cursor = warehouse.cursor().execute('DESCRIBE STORAGE INTEGRATION "READS"')
    names = [column.name for column in cursor.description or ()]
    assert names == ["property", "property_type", "property_value", "property_default"]
    assert cursor.fetchall() == [
        ("ENABLED", "Boolean", "true", "false"),
        ("STORAGE_PROVIDER", "String", "S3", ""),
        ("STORAGE_ALLOWED_LOCATIONS", "List", "s3://bucket/in/", "[]"),
        ("STORAGE_BLOCKED_LOCATIONS", "List", "", "[]"),
        ("STORAGE_AWS_IAM_USER_ARN", "String", "arn:aws:iam::123456789001:user/embedded-storage", ""),
        ("STORAGE_AWS_ROLE_ARN", "String", "arn:aws:iam::123456789012:role/read", ""),
        ("STORAGE_AWS_EXTERNAL_ID", "String", "ours", ""),
        ("COMMENT", "String", "the landing", ""),
    ]


def test_a_notification_integration_is_described_as_in_snowflakes_examples(warehouse: Connection):
    run(warehouse, f"CREATE {NOTIFICATION}")
    *shown, external_id, comment = rows(warehouse, "DESC NOTIFICATION INTEGRATION tells")
    assert shown == [
        ("ENABLED", "Boolean", "true", "false"),
        ("NOTIFICATION_PROVIDER", "String", "AWS_SNS", ""),
        ("DIRECTION", "String", "OUTBOUND", "INBOUND"),
        ("AWS_SNS_TOPIC_ARN", "String", TOPIC, ""),
        ("AWS_SNS_ROLE_ARN", "String", "arn:aws:iam::123456789012:role/errors", ""),
        ("SF_AWS_IAM_USER_ARN", "String", "arn:aws:iam::123456789001:user/embedded-errors", ""),
    ]
    assert external_id[0] == "SF_AWS_EXTERNAL_ID"
    assert comment == ("COMMENT", "String", "", "")


def test_an_external_id_lasts_until_the_integration_is_made_again(warehouse: Connection, open_warehouse):
    run(warehouse, STORAGE, f"CREATE {NOTIFICATION}")
    first = [described(warehouse, name) for name in ("reads", "tells")]
    run(warehouse, STORAGE, f"CREATE {NOTIFICATION.replace('tells', 'IF NOT EXISTS tells')}")
    run(warehouse, "ALTER INTEGRATION tells SET COMMENT = 'x'", "ALTER INTEGRATION tells SET COMMENT = ''")
    warehouse.close()
    again = open_warehouse()
    assert [described(again, name) for name in ("reads", "tells")] == first
    run(again, f"CREATE OR REPLACE {NOTIFICATION}", "DROP STORAGE INTEGRATION reads", STORAGE)
    external_ids = {
        described(again, "tells")["SF_AWS_EXTERNAL_ID"],
        described(again, "reads")["STORAGE_AWS_EXTERNAL_ID"],
        first[1]["SF_AWS_EXTERNAL_ID"],
        first[0]["STORAGE_AWS_EXTERNAL_ID"],
    }
    assert len(external_ids) == 4


def test_if_not_exists_changes_nothing_and_alter_changes_what_it_names(warehouse: Connection):
    run(warehouse, STORAGE, STORAGE.replace("role/read", "role/other"))
    before = described(warehouse, "reads")
    assert before["STORAGE_AWS_ROLE_ARN"].endswith("role/read")
    run(
        warehouse,
        "ALTER STORAGE INTEGRATION reads SET ENABLED = FALSE STORAGE_AWS_ROLE_ARN = 'new' "
        "STORAGE_AWS_EXTERNAL_ID = 'theirs' STORAGE_ALLOWED_LOCATIONS = ('s3://a/', 's3://b/c/') "
        "STORAGE_BLOCKED_LOCATIONS = ('s3://a/secret/')",
    )
    assert described(warehouse, "reads") == before | {
        "ENABLED": "false",
        "STORAGE_AWS_ROLE_ARN": "new",
        "STORAGE_AWS_EXTERNAL_ID": "theirs",
        "STORAGE_ALLOWED_LOCATIONS": "s3://a/,s3://b/c/",
        "STORAGE_BLOCKED_LOCATIONS": "s3://a/secret/",
    }
    run(warehouse, "ALTER NOTIFICATION INTEGRATION IF EXISTS reads SET ENABLED = TRUE")
    assert described(warehouse, "reads")["ENABLED"] == "false"


def test_both_kinds_share_their_names(warehouse: Connection):
    run(warehouse, STORAGE)
    for statement in (f"CREATE {NOTIFICATION}", f"CREATE OR REPLACE {NOTIFICATION}"):
        with pytest.raises(ProgrammingError) as raised:
            run(warehouse, statement.replace("tells", "reads"))
        assert raised.value.errno == 2002
    for statement in ("DESC", "DROP"):
        with pytest.raises(ProgrammingError) as raised:
            run(warehouse, f"{statement} NOTIFICATION INTEGRATION reads")
        assert raised.value.errno == 2003
    run(warehouse, "DROP NOTIFICATION INTEGRATION IF EXISTS reads", "DESC INTEGRATION reads", "DROP INTEGRATION reads")
    with pytest.raises(ProgrammingError):
        run(warehouse, "DESC INTEGRATION reads")


@pytest.mark.parametrize("option", ["TYPE = EXTERNAL_STAGE", "STORAGE_PROVIDER = 'S3'", "ENABLED = TRUE", LOCATIONS])
def test_what_has_no_default_must_be_said(warehouse: Connection, option: str):
    with pytest.raises(ProgrammingError, match=rf"Missing option\(s\): \[{option.split()[0]}\]"):
        run(warehouse, STORAGE.replace(option, ""))


def test_the_policy_lets_another_user_subscribe_to_the_topic(warehouse: Connection):
    policy = json.loads(value(warehouse, f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{TOPIC}')"))
    (statement,) = policy["Statement"]
    assert statement == {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789001:user/embedded-subscriber"},
        "Action": ["sns:Subscribe"],
        "Resource": [TOPIC],
    }
    with pytest.raises(ProgrammingError, match="Invalid SNS topic ARN 'topic'"):
        run(warehouse, "SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('topic')")


def test_a_validation_really_lists_and_reads(warehouse: Connection, folder: Path):
    run(warehouse, STORAGE)
    drop_file(folder, "a.csv", "name")
    good = {"status": "success"}
    for file, action in (("none.csv", "list"), ("a.csv", "list"), ("a.csv", "read")):
        assert validated(warehouse, "s3://bucket/in", file, action) == good | {"actions": {action.upper(): good}}
    failed = validated(warehouse, "s3://bucket/in/", "none.csv", "read")
    assert failed["status"] == "failure"
    assert failed["actions"] == {"READ": {"status": "failure", "message": "No such file or directory"}}


def test_a_validation_wants_the_name_as_it_is_kept_and_a_location_that_is_allowed(warehouse: Connection):
    run(warehouse, STORAGE)
    with pytest.raises(ProgrammingError) as raised:
        run(warehouse, "SELECT SYSTEM$VALIDATE_STORAGE_INTEGRATION('reads', 's3://bucket/in/', 'a', 'list')")
    assert raised.value.errno == 2003
    for location in ("s3://bucket/", "s3://bucket/input/", "s3://other/in/"):
        with pytest.raises(ProgrammingError) as raised:
            validated(warehouse, location, "a", "list")
        assert raised.value.errno == 3127


def test_a_stage_on_a_folder_may_name_an_integration_that_nobody_made(landing: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    run(landing, "ALTER STAGE ext_stage SET STORAGE_INTEGRATION = nobody_made_it")
    assert value(landing, "SELECT COUNT(*) FROM raw") == 0


def test_a_stage_goes_by_the_integration_that_was_made(landing: Connection):
    run(landing, STORAGE, "ALTER STAGE ext_stage SET STORAGE_INTEGRATION = reads")
    with pytest.raises(ProgrammingError) as raised:
        run(landing, "ALTER STAGE ext_stage SET URL = 's3://bucket/elsewhere/'")
    assert raised.value.errno == 3127
    run(landing, "ALTER INTEGRATION reads SET ENABLED = FALSE")
    with pytest.raises(ProgrammingError, match="'READS' is not enabled"):
        run(landing, "CREATE STAGE other URL = 's3://bucket/in/' STORAGE_INTEGRATION = reads")


def test_what_a_storage_integration_would_forget_is_refused(warehouse: Connection):
    run(warehouse, STORAGE)
    before = described(warehouse, "reads")
    again = STORAGE.replace("IF NOT EXISTS ", "").replace("CREATE", "CREATE OR REPLACE")
    with pytest.raises(NotSupportedError, match="loses what the old one knew"):
        run(warehouse, again)
    assert described(warehouse, "reads") == before
