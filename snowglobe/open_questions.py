"""What Snowflake's documentation leaves open, and this package answers in one way or the other.

Whoever depends on an answer that an account gives otherwise would find out there. So `connect(otherwise=...)` gives the
other answers: what works under both does not depend on any.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

_REFERENCE = "https://docs.snowflake.com/en/sql-reference"


@dataclass(frozen=True)
class Question:
    """`asked`, its two answers, of which `usual` is given unless told otherwise, and the page that leaves it open."""

    asked: str
    usual: str
    other: str
    page: str


class OpenQuestion(Enum):
    """Each question, by the name to give to `connect(otherwise=...)`."""

    RAGGED_FILE = Question(
        "What becomes of a CSV file whose rows differ in length, with ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE?",
        "it is loaded: missing fields are NULL, surplus ones left out",
        "it is an error, and the file is left out",
        f"{_REFERENCE}/sql/create-file-format",
    )
    QUOTED_EMPTY_FIELD = Question(
        "Is an empty field in quotes NULL, with NULL_IF = ('') and EMPTY_FIELD_AS_NULL = TRUE?",
        "it is NULL",
        "it is the empty text",
        f"{_REFERENCE}/sql/create-file-format",
    )
    QUOTED_NULL_WORD = Question(
        "Is a field in quotes NULL that is one of the words of NULL_IF?",
        "it is the text",
        "it is NULL",
        f"{_REFERENCE}/sql/create-file-format",
    )
    HEADER_ROW_NUMBER = Question(
        "Does METADATA$FILE_ROW_NUMBER count the header, with PARSE_HEADER = TRUE?",
        "the first row after it is 1",
        "the first row after it is 2",
        "https://docs.snowflake.com/en/user-guide/querying-metadata",
    )
    DOCUMENTS_ON_A_LINE = Question(
        "What becomes of a JSON file with two documents on a line and nothing but blanks between them?",
        "it is an error, and the file is left out",
        "each is a row",
        f"{_REFERENCE}/sql/create-file-format",
    )
    PARQUET_NULL = Question(
        "What is a NULL of a Parquet file in the VARIANT of its row?",
        "a JSON null",
        "its field is not there",
        f"{_REFERENCE}/sql/create-file-format",
    )
    PATTERN = Question(
        "Must PATTERN fit a file's whole path?",
        "the whole path",
        "a part of it",
        f"{_REFERENCE}/sql/copy-into-table",
    )
    BLOCKED_UPDATE = Question(
        "Does an UPDATE that waited for another transaction look at its WHERE again?",
        "it sees what the other one committed",
        "it changes the rows that it had found before it waited",
        f"{_REFERENCE}/transactions",
    )
    FUNCTION_LANGUAGE = Question(
        "May a function in SQL say LANGUAGE SQL, which a procedure must?",
        "it may",
        "it is an error",
        f"{_REFERENCE}/sql/create-function",
    )
    SNS_POLICY = Question(
        "May any role ask SYSTEM$GET_AWS_SNS_IAM_POLICY?",
        "any role",
        "only ACCOUNTADMIN",
        f"{_REFERENCE}/functions/system_get_aws_sns_iam_policy",
    )
    LIVE_VERSION = Question(
        "Has a Streamlit app a live version as soon as it is made?",
        "only after ALTER STREAMLIT ... ADD LIVE VERSION FROM LAST",
        "it has one, and adding another is an error",
        f"{_REFERENCE}/sql/alter-streamlit",
    )


Otherwise = Collection[OpenQuestion]
