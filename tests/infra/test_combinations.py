"""Settings that each could be: which go together, and which sentence says that they do not."""

from dataclasses import fields
from typing import Any

import pytest

from infra.settings import Settings
from tests.infra.test_settings import BASE, IMAGE, KEY, RIGHT, SECRET, WRONG, message, settings

NETWORK = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0000000a", "subnet-0000000b"],
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
}

PLACE = {"aws_account": "123456789012", "aws_region": "us-east-1"}

KEYS = {"key_secret_arn": SECRET, "watch_key_secret_arn": f"{SECRET}2"}

TOGETHER = [
    ({"sign_in": "key_pair"}, "give key_secret_arn too"),
    ({"sign_in": "key_pair", "key_secret_arn": SECRET}, "give watch_key_secret_arn too"),
    ({"key_secret_arn": SECRET}, "key_secret_arn is given, but sign_in is not key_pair"),
    ({"watch_key_secret_arn": SECRET}, "watch_key_secret_arn is given, but sign_in is not key_pair"),
    ({"sign_in": "key_pair", "key_secret_arn": SECRET, "watch_key_secret_arn": SECRET}, "are the same secret"),
    ({"sign_in": "aws_jwt", "key_secret_arn": SECRET}, "key_secret_arn is given, but sign_in is not key_pair"),
    ({"sign_in": "key_pair", "key_secret_arn": "snowflake/key"}, "the whole ARN of a secret"),
    ({**NETWORK, "vpc_id": ""}, "an existing VPC is not all given"),
    ({"vpc_id": NETWORK["vpc_id"]}, "an existing VPC is not all given"),
    ({**NETWORK, "availability_zones": "eu-central-1a"}, "give the zone of each subnet"),
    ({"subnet_ids": NETWORK["subnet_ids"], "availability_zones": NETWORK["availability_zones"]}, "not all given"),
    ({"vpc_id": NETWORK["vpc_id"], "subnet_ids": NETWORK["subnet_ids"]}, "an existing VPC is not all given"),
    ({"availability_zones": ",".join(f"us-east-1{letter}" for letter in "abcd")}, "so give that many or fewer"),
    ({"availability_zones": "eu-central-1a,eu-west-1a"}, "a stage is in one region"),
    ({"functions_in_vpc": True}, "set private_subnets too"),
    ({**NETWORK, "functions_in_vpc": True}, "subnet_ids must then be private ones"),
    ({"aws_account": "123456789012"}, "give both, or none"),
    ({"aws_region": "eu-central-1"}, "give both, or none"),
    ({**PLACE, "kms_key_arn": KEY}, "aws_region is us-east-1, but kms_key_arn is in eu-central-1"),
    ({**PLACE, "sign_in": "key_pair", **KEYS}, "but key_secret_arn is in eu-central-1"),
    (
        {"sign_in": "key_pair", **KEYS, "watch_key_secret_arn": SECRET.replace("eu-central-1", "us-east-1")},
        "watch_key_secret_arn is in us-east-1",
    ),
    ({**PLACE, "availability_zones": "eu-central-1a"}, "availability_zones (eu-central-1a) is in eu-central-1"),
    ({**NETWORK, "kms_key_arn": KEY.replace("central", "west")}, "kms_key_arn is in eu-west-1"),
    ({"clock_skew_hours": 0}, "give clock_skew_hours at least 1, or set generate to false"),
    ({"clock_skew_hours": 1, "interval_minutes": 61}, "give clock_skew_hours at least 2"),
    ({"clock_skew_hours": 23, "interval_minutes": 1440}, "give clock_skew_hours at least 24"),
    ({"generator_image": f"{IMAGE}:1", "base_image": BASE}, "leave one of them out"),
    ({"intervals": "produkt=60"}, "intervals names produkt, which is not among the dimensions: known are customer"),
    ({"intervals": "produkt=60", "dimensions": "customer,product"}, "did you mean product?"),
    ({**NETWORK, "subnet_ids": "subnet-0000000a,subnet-0000000a"}, "name each only once"),
]


@pytest.mark.parametrize(("given", "advice"), TOGETHER)
def test_values_that_do_not_go_together_are_refused(given: dict[str, Any], advice: str):
    assert advice in message(**given)


def test_values_that_go_together_are_taken():
    assert settings(sign_in="key_pair", **KEYS).watch_key_secret_arn == f"{SECRET}2"
    assert settings(**NETWORK).subnet_ids == ("subnet-0000000a", "subnet-0000000b")
    assert settings(**NETWORK, private_subnets=True, functions_in_vpc=True, kms_key_arn=KEY).functions_in_vpc
    assert settings(clock_skew_hours=0, generate=False).clock_skew_hours == 0
    assert settings(clock_skew_hours=1, interval_minutes=60).clock_skew_hours == 1
    # The generator makes no products.
    assert settings(clock_skew_hours=0, dimensions="product").clock_skew_hours == 0
    both = settings(dimensions="customer,product", intervals="product=60")
    assert (both.interval_of("customer"), both.interval_of("product")) == (5, 60)
    assert settings(availability_zones="us-west-1a").availability_zones == ("us-west-1a",)
    assert settings(**PLACE, availability_zones="us-east-1b").aws_account == "123456789012"
    written = {name: value if isinstance(value, str) else ", ".join(value) for name, value in NETWORK.items()}
    assert settings(**written) == settings(**NETWORK)


def test_each_setting_is_checked_by_a_test():
    tested = {name for name, *_ in RIGHT + WRONG} | {name for given, _ in TOGETHER for name in given}
    assert {each.name for each in fields(Settings)} - tested == {
        # Checked as their likes are.
        *("growth", "reinsert_rate", "duplicates", "duplicate_files"),
    }
