"""What lies in a stage, looked at without loading it: LIST, and the names in the header of a file."""

from datetime import UTC, datetime
from email.utils import format_datetime

from snowglobe.account.privileges import require
from snowglobe.catalog import FileFormat, Stage
from snowglobe.errors import ProgrammingError
from snowglobe.loading.formats import names_in
from snowglobe.loading.rows import FileError
from snowglobe.results import Result, ResultColumn
from snowglobe.session import Session
from snowglobe.storage import internal
from snowglobe.storage.bucket import Bucket
from snowglobe.tokens import Tokens

_LISTED = [ResultColumn("name", 2), ResultColumn("size", 0), ResultColumn("md5", 2), ResultColumn("last_modified", 2)]


def list_files(session: Session, tokens: Tokens) -> Result:
    """LIST | LS @stage: name (the whole URL), size in bytes, md5, last_modified as in an HTTP header, by name.

    Nothing here has a checksum of what lies in a bucket: md5 is NULL. Of an internal stage names begin with its own,
    and a path behind it is that of a folder.
    """
    tokens.expect("@")
    stage = session.find(Stage, tokens.name())
    if not stage.bucket:
        return _internal(session, stage, tokens)
    tokens.end()
    bucket = _bucket(session, stage)
    rows = []
    for name in bucket.names(stage.prefix):
        file = bucket.stat(name)
        rows.append((f"s3://{stage.bucket}/{name}", file.size, None, _http_date(file.modified_at)))
    return Result(_LISTED, rows)


def _internal(session: Session, stage: Stage, tokens: Tokens) -> Result:
    path = tokens.adjacent().strip("/")
    tokens.end()
    require(session, "READ", "STAGE", stage.name)
    own = stage.name.partition(".")[2]
    found = internal.files(session, stage.name, f"{path}/" if path else "")
    rows = [(f"{own}/{each.name}", len(each.content), each.md5, _http_date(each.modified_at)) for each in found]
    return Result(_LISTED, rows)


def _http_date(time: datetime) -> str:
    return format_datetime(time.replace(tzinfo=UTC, microsecond=0), usegmt=True)


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
