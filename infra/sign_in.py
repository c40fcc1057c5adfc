"""What a role in AWS must be allowed so that its function can sign in to Snowflake, by the setting `sign_in`."""

from aws_cdk import aws_iam

# What the driver asks for (snowflake.connector.wif_util), and so all that the role may ask for.
AUDIENCE, ALGORITHM, SECONDS = "snowflakecomputing.com", "ES384", 300


def sign_in_statements(sign_in: str, secret: str) -> list[aws_iam.PolicyStatement]:
    """`secret`: the ARN of the one with the user's private key, for key_pair.

    None for workload_identity: a function may sign a request of its own without being allowed to.
    """
    if sign_in == "key_pair":
        return [aws_iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret])]
    if sign_in == "aws_jwt":
        return [_tokens_for_snowflake()]
    return []


def _tokens_for_snowflake() -> aws_iam.PolicyStatement:
    """The action knows no resource; the conditions are those of the IAM User Guide, "Controlling access with IAM
    policies" for outbound identity federation."""
    return aws_iam.PolicyStatement(
        actions=["sts:GetWebIdentityToken"],
        resources=["*"],
        conditions={
            "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": AUDIENCE},
            "StringEquals": {"sts:SigningAlgorithm": ALGORITHM},
            # The driver leaves the time to AWS, whose default it is; whether the key is there then is not documented.
            "NumericLessThanEqualsIfExists": {"sts:DurationSeconds": SECONDS},
        },
    )
