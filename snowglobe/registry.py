"""Every kind of object, each with its module. CREATE, ALTER, DROP and DESCRIBE know those that stand here."""

from snowglobe.account import integration, principal
from snowglobe.objects import (
    file_format,
    function,
    pipe,
    procedure,
    schema,
    stage,
    stream,
    streamlit,
    table,
    task,
    view,
)
from snowglobe.objects.kind import ObjectKind

KINDS: dict[str, ObjectKind] = {
    kind.words: kind
    for kind in (
        schema.DATABASE,
        schema.SCHEMA,
        table.TABLE,
        view.VIEW,
        function.FUNCTION,
        procedure.PROCEDURE,
        file_format.FILE_FORMAT,
        stage.STAGE,
        pipe.PIPE,
        stream.STREAM,
        task.TASK,
        streamlit.STREAMLIT,
        integration.STORAGE,
        integration.NOTIFICATION,
        integration.INTEGRATION,
        principal.USER,
        principal.ROLE,
        principal.DATABASE_ROLE,
        principal.WAREHOUSE,
    )
}
