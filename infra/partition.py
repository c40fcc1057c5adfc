"""The one partition of AWS that the stack knows.

China, GovCloud, the European Sovereign Cloud and the isolated regions are partitions of their own: roles cannot trust
across them, and Snowflake's URLs and ARNs differ there. The form is that of botocore's endpoint rules.
"""

import re

REGION = r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+"
ZONE = f"{REGION}[a-z]"
PARTITION = "aws"

_FORM = re.compile(REGION)


def supported(region: str) -> bool:
    """Whether a region, such as eu-central-1, is in that partition."""
    return _FORM.fullmatch(region) is not None
