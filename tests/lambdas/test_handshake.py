"""The handshake, as a story per test: first deploy, deploy again, what people and failures leave behind."""

import io
import json
from dataclasses import replace

import pytest

from customertrack.errors import UserError
from lambdas.handshake import handler
from lambdas.handshake.handshake import Terms, Trust, shake_hands
from lambdas.reason import Failed
from tests.lambdas.account import USER, Account, Refused, policy
from tests.lambdas.properties import BLOCK, GUID, HANDSHAKE, LANDING_TOPIC, LANDING_URL, context, event

TERMS = Terms(
    storage_integration="CUSTOMERTRACK_DEV_STORAGE",
    error_integration="CUSTOMERTRACK_DEV_ERRORS",
    landing_urls=tuple(HANDSHAKE["LandingUrls"]),
    read_role_arn=HANDSHAKE["ReadRoleArn"],
    error_role_arn=HANDSHAKE["ErrorRoleArn"],
    landing_topic_arn=LANDING_TOPIC,
    error_topic_arn=HANDSHAKE["ErrorTopicArn"],
    external_id=HANDSHAKE["ExternalId"],
)
LATER_ROOT = "s3://customertrack-dev-landing-later/landing/"
DENIED = {"Effect": "Deny", "Principal": "*", "Action": "sns:Subscribe"}
FIRST = ["CREATE", "DESC", "CREATE", "DESC", "SELECT"]


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def signed_in(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr(handler, "connect", lambda settings: account)
    return account


def test_the_first_deploy_makes_both_and_tells_whom_to_trust(account: Account):
    trust = shake_hands(account, TERMS)
    assert trust == Trust(USER, f"customertrack-dev-{GUID}", USER, "AB_2", USER)
    assert account.verbs() == FIRST
    assert account.integrations["CUSTOMERTRACK_DEV_STORAGE"]["STORAGE_AWS_ROLE_ARN"] == TERMS.read_role_arn
    assert account.integrations["CUSTOMERTRACK_DEV_STORAGE"]["STORAGE_ALLOWED_LOCATIONS"] == LANDING_URL
    assert account.integrations["CUSTOMERTRACK_DEV_ERRORS"]["AWS_SNS_TOPIC_ARN"] == TERMS.error_topic_arn


def test_a_second_run_changes_nothing(account: Account):
    first = shake_hands(account, TERMS)
    account.sent.clear()
    assert shake_hands(account, TERMS) == first
    assert account.verbs() == FIRST
    assert account.made == 2


def test_another_life_of_the_stack_alters_what_it_finds(account: Account):
    first = shake_hands(account, TERMS)
    account.sent.clear()
    later = replace(
        TERMS,
        landing_urls=(f"{LATER_ROOT}customer/", f"{LATER_ROOT}product/"),
        error_topic_arn=f"{TERMS.error_topic_arn}-later",
        external_id="customertrack-dev-later",
    )
    trust = shake_hands(account, later)
    assert account.verbs() == ["CREATE", "DESC", "ALTER", "DESC", "CREATE", "DESC", "ALTER", "DESC", "SELECT"]
    assert trust == replace(first, storage_external_id="customertrack-dev-later")
    allowed = account.integrations["CUSTOMERTRACK_DEV_STORAGE"]["STORAGE_ALLOWED_LOCATIONS"]
    assert allowed == f"{LATER_ROOT}customer/,{LATER_ROOT}product/"
    assert account.integrations["CUSTOMERTRACK_DEV_ERRORS"]["AWS_SNS_TOPIC_ARN"] == later.error_topic_arn
    assert account.made == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_AWS_EXTERNAL_ID", "drifted"),
        ("STORAGE_AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/other"),
        (
            "STORAGE_ALLOWED_LOCATIONS",
            "s3://elsewhere/,s3://customertrack-dev-landing-11112222-666677778888/landing/customer/",
        ),
        ("ENABLED", "false"),
    ],
)
def test_what_drifted_is_put_right(account: Account, name: str, value: str):
    first = shake_hands(account, TERMS)
    wanted = dict(account.integrations["CUSTOMERTRACK_DEV_STORAGE"])
    account.integrations["CUSTOMERTRACK_DEV_STORAGE"][name] = value
    assert shake_hands(account, TERMS) == first
    assert account.integrations["CUSTOMERTRACK_DEV_STORAGE"] == wanted


def test_a_replaced_integration_is_put_right_and_its_new_external_id_told(account: Account):
    first = shake_hands(account, TERMS)
    account.replace("CUSTOMERTRACK_DEV_STORAGE")
    account.replace("CUSTOMERTRACK_DEV_ERRORS")
    trust = shake_hands(account, TERMS)
    assert trust.storage_external_id == first.storage_external_id
    assert first.error_external_id == "AB_2"
    assert trust.error_external_id == "AB_4"
    assert account.integrations["CUSTOMERTRACK_DEV_ERRORS"]["ENABLED"] == "true"


def test_what_is_described_counts_not_what_was_asked_for(account: Account):
    """Between ALTER and DESC another run may set other values; the roles must trust what holds in the end."""
    shake_hands(account, TERMS)
    answer = account.answer

    def interfered(statement: str):
        result = answer(statement)
        if statement.startswith("ALTER STORAGE"):
            account.integrations["CUSTOMERTRACK_DEV_STORAGE"]["STORAGE_AWS_EXTERNAL_ID"] = "of another run"
        return result

    account.answer = interfered
    assert shake_hands(account, replace(TERMS, external_id="mine")).storage_external_id == "of another run"


@pytest.mark.parametrize("switch", range(len(FIRST)))
def test_two_runs_at_once_agree(account: Account, switch: int):
    """The second run comes in between any two statements of the first."""
    answer = account.answer
    other: list[Trust] = []

    def interrupted(statement: str):
        if len(account.sent) == switch + 1 and not other:
            account.answer = answer
            other.append(shake_hands(account, TERMS))
        return answer(statement)

    account.answer = interrupted
    assert shake_hands(account, TERMS) == other[0]
    assert account.made == 2


def test_an_update_after_a_failed_update_goes_back(account: Account):
    first = shake_hands(account, TERMS)
    account.refusals["ALTER NOTIFICATION"] = Refused("internal error", 603)
    with pytest.raises(Refused):
        shake_hands(account, replace(TERMS, external_id="new", error_topic_arn="arn:aws:sns:us-east-1:1:new"))
    assert account.integrations["CUSTOMERTRACK_DEV_STORAGE"]["STORAGE_AWS_EXTERNAL_ID"] == "new"
    account.refusals.clear()
    assert shake_hands(account, TERMS) == first


@pytest.mark.parametrize(
    "changed",
    [
        {"Statement": policy(LANDING_TOPIC)["Statement"][0]},
        {"Statement": [DENIED, *policy(LANDING_TOPIC)["Statement"]]},
        {"Statement": [policy(LANDING_TOPIC)["Statement"][0] | {"Action": "SNS:Subscribe"}]},
        {"Statement": [policy(LANDING_TOPIC)["Statement"][0] | {"Principal": {"AWS": [USER]}}]},
    ],
)
def test_the_policy_may_be_written_as_iam_allows(account: Account, changed: dict[str, object]):
    account.policy = json.dumps(changed)
    assert shake_hands(account, TERMS).subscriber_arn == USER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        json.dumps({"Statement": []}),
        json.dumps({"Statement": [{"Effect": "Allow", "Action": "sns:Subscribe", "Principal": "*"}]}),
        json.dumps({"Statement": [policy(LANDING_TOPIC)["Statement"][0] | {"Principal": {"AWS": "*"}}]}),
        json.dumps({"Statement": [policy(LANDING_TOPIC)["Statement"][0] | {"Principal": {"AWS": [USER, f"{USER}2"]}}]}),
        json.dumps({"Statement": [policy(LANDING_TOPIC)["Statement"][0] | {"Action": "sns:Publish"}]}),
        # Of another partition, whose users no role here can trust.
        json.dumps(policy(LANDING_TOPIC)).replace("arn:aws:iam", "arn:aws-us-gov:iam"),
    ],
)
def test_a_policy_that_lets_not_one_user_subscribe_is_an_error(account: Account, text: str):
    account.policy = text
    with pytest.raises(UserError, match="gave no policy that lets one user of AWS subscribe to"):
        shake_hands(account, TERMS)


def test_an_integration_of_another_kind_is_an_error_that_names_it(account: Account):
    shake_hands(account, TERMS)
    del account.integrations["CUSTOMERTRACK_DEV_ERRORS"]["SF_AWS_EXTERNAL_ID"]
    with pytest.raises(UserError, match="DESC INTEGRATION CUSTOMERTRACK_DEV_ERRORS does not tell SF_AWS_EXTERNAL_ID"):
        shake_hands(account, TERMS)


def test_a_value_that_could_break_out_is_never_sent(account: Account):
    with pytest.raises(UserError, match="could break out of the SQL"):
        shake_hands(account, replace(TERMS, external_id="x' ENABLED = FALSE COMMENT = '"))
    with pytest.raises(UserError, match="is not a plain name"):
        shake_hands(account, replace(TERMS, storage_integration='x" y'))
    assert account.sent == []


def test_the_handler_answers_the_five_values_and_closes(signed_in: Account):
    answer = handler.handler(event("Create", HANDSHAKE), context())
    assert answer == {
        "PhysicalResourceId": "customertrack-dev-handshake",
        "Data": {
            "StorageUserArn": USER,
            "StorageExternalId": f"customertrack-dev-{GUID}",
            "ErrorUserArn": USER,
            "ErrorExternalId": "AB_2",
            "SubscriberArn": USER,
        },
    }
    assert signed_in.closed == 1


def test_an_update_keeps_the_physical_id(signed_in: Account):
    created = handler.handler(event("Create", HANDSHAKE), context())
    updated = handler.handler(event("Update", HANDSHAKE, Revision="2", ExternalId="other"), context())
    assert updated["PhysicalResourceId"] == created["PhysicalResourceId"]
    assert updated["Data"]["StorageExternalId"] == "other"


def test_delete_leaves_the_integrations_and_asks_nothing(signed_in: Account, monkeypatch: pytest.MonkeyPatch):
    handler.handler(event("Create", HANDSHAKE), context())
    signed_in.sent.clear()
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    answer = handler.handler(event("Delete", {}), context())
    assert answer == {"PhysicalResourceId": "customertrack-dev-known", "Data": {}}
    assert signed_in.sent == []


def test_a_missing_privilege_gives_the_administrators_statements(signed_in: Account):
    signed_in.refusals["CREATE"] = Refused("Insufficient privileges to operate on account 'X'", 3001)
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    assert "Insufficient privileges to operate on account 'X'" in str(failed.value)
    assert str(failed.value).endswith(f"deploy again\n\n{BLOCK}")
    assert signed_in.closed == 1


def test_whom_to_let_subscribe_can_be_told_where_the_role_may_not_ask(signed_in: Account):
    signed_in.refusals["SELECT"] = Refused("Insufficient privileges to operate on account 'X'", 3001)
    with pytest.raises(Failed, match="Insufficient privileges"):
        handler.handler(event("Create", HANDSHAKE), context())
    told = "arn:aws:iam::123456789001:user/abc1-b-self1234"
    answer = handler.handler(event("Create", {**HANDSHAKE, "SubscriberArn": told}), context())
    assert answer["Data"]["SubscriberArn"] == told


def test_another_refusal_is_one_sentence(signed_in: Account):
    signed_in.refusals["DESC"] = Refused("Integration\n 'X' does not exist or not authorized.", 2003)
    with pytest.raises(Failed) as failed:
        handler.handler(event("Create", HANDSHAKE), context())
    assert str(failed.value) == (
        "Snowflake refused a statement: Integration 'X' does not exist or not authorized.; correct the cause, then "
        "deploy again"
    )


def test_a_missing_property_is_named(signed_in: Account):
    properties = {name: value for name, value in HANDSHAKE.items() if name != "ErrorRoleArn"}
    with pytest.raises(Failed, match="lacks the property ErrorRoleArn"):
        handler.handler(event("Create", properties), context())


def test_the_log_holds_neither_the_address_of_the_answer_nor_the_event(
    signed_in: Account, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    log = io.StringIO()
    monkeypatch.setattr(handler.logger.registered_handler, "stream", log)
    handler.handler(event("Create", HANDSHAKE), context())
    said = log.getvalue()
    assert "shaken hands" in said
    assert "hush" not in said
    assert "ResourceProperties" not in said
