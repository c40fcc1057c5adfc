"""Values as cells of CSV, each with the comma before it."""

NULL_CELL = b","
_SPECIAL = frozenset(',"\r\n')


def cell(text: str | None, null: str | None = None, *, quoted: bool = False) -> bytes:
    """A comma and the text; None is the empty cell. What is the unquoted word `null`, and is not NULL, is quoted."""
    if text is None:
        return NULL_CELL
    if quoted or text == null or not _SPECIAL.isdisjoint(text):
        text = '"' + text.replace('"', '""') + '"'
    return b"," + text.encode()
