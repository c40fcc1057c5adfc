"""What DESC INTEGRATION says."""

from customertrack.sqltext.identifiers import quote
from customertrack.warehouse import Connection


def describe(connection: Connection, integration: str) -> dict[str, str]:
    """The properties of an integration: their names in upper case, their values as text.

    The columns are found by their names, since Snowflake may add some ("DESCRIBE INTEGRATION").
    """
    cursor = connection.cursor()
    cursor.execute(f"DESC INTEGRATION {quote(integration)}")
    names = [str(column[0]).lower() for column in cursor.description or ()]
    name, value = names.index("property"), names.index("property_value")
    return {str(row[name]).upper(): str(row[value] or "") for row in cursor.fetchall()}
