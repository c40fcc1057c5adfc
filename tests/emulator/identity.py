"""What an AWS that enforces IAM over TLS needs beside the emulator: Snowflake's user there, and a certificate."""

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.emulator.cloud import Identity
from tests.emulator.ministack import ACCOUNT, REGION, Certificate

# The account of AWS that Snowflake works from. A number as a key makes the emulator take the caller for its root.
SNOWFLAKE = "210987654321"
_USER = "snowflake-s"
# What the CLI of CDK calls by a host name: the bucket of assets that `cdk bootstrap` makes.
_ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def make_identity() -> Identity:
    """A user in Snowflake's account, who may there do what an integration and a pipe need."""
    iam = boto3.client("iam", aws_access_key_id=SNOWFLAKE, aws_secret_access_key="test")
    arn = iam.create_user(UserName=_USER)["User"]["Arn"]
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sns:Subscribe", "sqs:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=_USER, PolicyName="work", PolicyDocument=policy)
    key = iam.create_access_key(UserName=_USER)["AccessKey"]
    return Identity(arn, key["AccessKeyId"], key["SecretAccessKey"])


def make_certificate(folder: Path) -> Certificate:
    """A certificate for the emulator that is its own authority, valid for a day; its files are in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.DNSName(f"{_ASSETS}.localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = Certificate(folder / "certificate.pem", folder / "key.pem")
    certificate.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    certificate.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate
