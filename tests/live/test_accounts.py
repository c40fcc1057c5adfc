"""What the live tests stand on and needs no account."""

import pytest

from generator import Feed, Settings
from infra.context import settings_from
from tests.generator.shipped import CUSTOMER
from tests.live.accounts import CONNECTION, CONTEXT, STAGE, LiveError, applied, deployed
from tests.live.organisation import KEY, SETTINGS, given_settings


def test_its_settings_are_settings_and_its_data_goes_with_it():
    settings = settings_from({"stages": {STAGE: {"snowflake_account": "MYORG-MYACCOUNT"}}, **CONTEXT})
    assert (settings.stage, settings.keep_data) == (STAGE, False)


def test_the_settings_of_an_organisation_go_together():
    raw = {"stages": {STAGE: {"snowflake_account": "MYORG-MYACCOUNT"}}, **CONTEXT, **SETTINGS}
    settings = settings_from({**raw, "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/mrk-0123"})
    assert (settings.functions_in_vpc, settings.tags) == (True, (("customertrack", "live"),))


def test_without_a_key_nothing_is_deployed_and_the_page_is_named():
    with pytest.raises(LiveError, match=rf"{KEY} is not set: see docs/operations\.md"), given_settings({}):
        pass


def test_without_a_connection_nothing_is_deployed_and_the_page_is_named():
    with pytest.raises(LiveError, match=rf"{CONNECTION} is not set: see docs/operations\.md"), deployed({}):
        pass


@pytest.mark.parametrize(("there", "slots"), [([], 0), ([0], 1), ([2, 0, 1], 3), ([0, 2], 0), ([1, 2], 0)])
def test_slots_count_while_none_of_the_first_is_missing(there: list[int], slots: int):
    feed = Feed(CUSTOMER, Settings(customers=10, interval=60))
    assert applied(feed, {f"landing/customer/{feed.object_name(k)}.gz" for k in there}) == slots
