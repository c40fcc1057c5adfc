"""What lies in a stage, looked at without loading it: LIST, and the names in the header of a file."""

from datetime import UTC
from email.utils import format_datetime

from snowglobe.account.privileges import require
from snowglobe.catalog import FileFormat, Stage
from snowglobe.errors import ProgrammingError
from snowglobe.loading.formats import names_in
from snowglobe.loading.rows import FileError
from snowglobe.results import Result, ResultColumn
from snowglobe.session import Session
from snowglobe.storage.bucket import Bucket
from snowglobe.tokens import Tokens

_LISTED = [ResultColumn("name", 2), ResultColumn("size", 0), ResultColumn("md5", 2), ResultColumn("last_modified", 2)]


def list_files(session: Session, tokens: Tokens) -> Result:
    """LIST | LS @stage: name (the whole URL), size in bytes, md5, last_modified as in an HTTP header, by name.

    Nothing here has a checksum of what lies in a bucket: md5 is NULL.
    """
    tokens.expect("@")
    stage = session.find(Stage, tokens.name())
    tokens.end()
    bucket = _bucket(session, stage)
    rows = []
    for name in bucket.names(stage.prefix):
        file = bucket.stat(name)
        modified = format_datetime(file.modified_at.replace(tzinfo=UTC, microsecond=0), usegmt=True)
        rows.append((f"s3://{stage.bucket}/{name}", file.size, None, modified))
    return Result(_LISTED, rows)


def header(session: Session, stage_name: str, format_name: str, file: str) -> tuple[str, ...]:
    """The names of the columns of one file, as it has them. `file`: relative to the stage.

    Raises ProgrammingError if there is no such stage, format or file, or the file as a whole cannot be read.
    """
    stage, file_format = session.find(Stage, stage_name), session.find(FileFormat, format_name)
    bucket = _bucket(session, stage)
    require(session, "USAGE", "FILE FORMAT", file_format.name)
    options, scratch = file_format.options, session.database.scratch
    try:
        return names_in(options, bucket.fetch(stage.prefix + file), scratch, session.otherwise)
    except FileError as error:
        raise ProgrammingError(f"Error parsing the file '{file}': {error.reason}", 100016, "22000") from error
    except OSError as error:
        message = f"Remote file '{file}' was not found: {error.strerror or error}"
        raise ProgrammingError(message, 91016, "22000") from error


def _bucket(session: Session, stage: Stage) -> Bucket:
    require(session, "USAGE", "STAGE", stage.name)
    return session.database.buckets.reached_by(stage)
