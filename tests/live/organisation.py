"""The stage `live` as an organisation may want it: private subnets, functions in them, tags, a key of KMS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.live.accounts import Live, LiveError, deployed

# Names a key of KMS whose policy has what docs/accounts.md says, for the stage `live`.
KEY = "CUSTOMERTRACK_LIVE_KEY"
SETTINGS = {"private_subnets": "true", "functions_in_vpc": "true", "tags": "customertrack=live"}


@contextmanager
def given_settings(environ: Mapping[str, str]) -> Iterator[Live]:
    """The stage with all of them, made now and removed at the end. Raises LiveError."""
    if not environ.get(KEY):
        raise LiveError(f"{KEY} is not set: see docs/operations.md, The live tests")
    with deployed(environ, {**SETTINGS, "kms_key_arn": environ[KEY]}) as stage:
        yield stage
