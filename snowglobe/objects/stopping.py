"""What stops a pipe for good: its stage is another one, or is gone (docs.snowflake.com, "Manage Snowpipe").

Only a new pipe loads again. That a table is gone ends by itself when it is there again, and is no state of the pipe.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from snowglobe.catalog import Pipe
from snowglobe.session import Session

Stopped = Literal["STOPPED_STAGE_ALTERED", "STOPPED_STAGE_DROPPED", "STOPPED_NOTIFICATION_INTEGRATION_DROPPED"]


def stop_pipes(session: Session, why: Stopped, met: Callable[[Pipe], bool]) -> None:
    """Stop the pipes that are met by it, within the open transaction; one that is stopped already keeps its state."""
    for pipe in session.catalog.all(Pipe):
        if met(pipe) and not pipe.stopped:
            session.catalog.put(session.duck, replace(pipe, stopped=why))


def stop_pipes_on_stage(session: Session, why: Stopped, stage: str) -> None:
    """Stop the pipes that read the stage of that qualified name, within the open transaction."""
    stop_pipes(session, why, lambda pipe: pipe.stage == stage)


def stop_pipes_with_integration(session: Session, integration: str) -> None:
    """Stop the pipes that name the notification integration, which is gone or another one now."""
    named = integration.lower()
    stop_pipes(
        session,
        "STOPPED_NOTIFICATION_INTEGRATION_DROPPED",
        lambda pipe: str(pipe.options.get("ERROR_INTEGRATION", "")).lower() == named,
    )
