"""What has no meaning on one machine: grants, roles, warehouses, integrations. Accepted, and kept as written."""

import re

from customertrack.embedded.catalog import Recorded
from customertrack.embedded.results import Result, status
from customertrack.embedded.session import Session

_RECORDED = re.compile(
    r"(GRANT|REVOKE)\s|(CREATE|ALTER|DROP)\s+(OR\s+(REPLACE|ALTER)\s+)?"
    r"(ROLE|DATABASE\s+ROLE|WAREHOUSE|(STORAGE\s+|NOTIFICATION\s+)?INTEGRATION)\s|USE\s+(ROLE|WAREHOUSE)\s",
    re.IGNORECASE,
)
_NEVER = re.compile(r"CREATE\s+OR\s+REPLACE\s+STORAGE\s+INTEGRATION\s", re.IGNORECASE)


def is_recorded(sql: str) -> bool:
    """Whether it is of that kind. CREATE OR REPLACE STORAGE INTEGRATION is not: it breaks the stages that use it."""
    return bool(_RECORDED.match(sql)) and not _NEVER.match(sql)


def record(session: Session, sql: str) -> Result:
    """Keep the statement."""
    text = " ".join(sql.split())
    with session.ddl():
        session.catalog.put(session.duck, Recorded(text, sql))
    return status("Statement executed successfully.")
