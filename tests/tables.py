"""The warehouse's tables in the shapes of tests.replay, so that the two compare with ==; and what always holds."""

from datetime import datetime
from pathlib import Path
from typing import Any

from customertrack.local.home import Home, sql_folder
from customertrack.reads import invariants, results, status
from customertrack.reads.history import as_known, as_of
from customertrack.warehouse import Connection
from tests.replay import ATTRIBUTES, OPEN_END, Event, Place, State, Tables, Version

Row = dict[str, Any]
# Every file lands below it.
LANDING = "landing/customer/"
CUSTOMER = Home(Path()).dimension("customer").tables


def tables(connection: Connection) -> Tables:
    """Events, rejects and history as they stand. Asserts that `customer` is not at odds with the history."""
    found = Tables(events(connection), rejects(connection), history(connection))
    assert customer(connection) == found.customer
    return found


def history(connection: Connection) -> list[Version]:
    """customer_history by key and valid_from."""
    return [
        _version(row) for row in _rows(connection, "SELECT * FROM customer_history ORDER BY customer_id, valid_from")
    ]


def customer(connection: Connection) -> list[Version]:
    """customer by key, as the open versions that it must be."""
    rows = _rows(connection, "SELECT * FROM customer ORDER BY customer_id")
    return [
        _version({**row, "valid_from": row["update_timestamp"], "valid_to": OPEN_END, "is_current": True})
        for row in rows
    ]


def events(connection: Connection) -> list[Event]:
    """customer_event by place."""
    return sorted(
        (_event(row) for row in _rows(connection, "SELECT * FROM customer_event")), key=lambda event: event.place
    )


def rejects(connection: Connection) -> dict[Place, frozenset[str]]:
    """The reasons of each reject, by place."""
    rows = _rows(connection, "SELECT * FROM customer_reject")
    found = {_place(row): frozenset(row["reject_reasons"].split(", ")) for row in rows}
    assert len(found) == len(rows), "a landed row was rejected twice"
    return found


def true_at(connection: Connection, time: datetime) -> list[Version]:
    """customer_as_of, by key."""
    table = results.whole(as_of(connection, CUSTOMER, time))
    return [_version(dict(zip(table.columns, row, strict=True))) for row in table.rows]


def as_believed(connection: Connection, time: datetime, known: datetime) -> list[Event]:
    """customer_as_known, by key."""
    table = results.whole(as_known(connection, CUSTOMER, time, known))
    return [_event({"is_delete": False, **dict(zip(table.columns, row, strict=True))}) for row in table.rows]


def offences(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The invariants that do not hold, with the offending rows. Asserts that all of them are there."""
    found = invariants.check(connection, sql_folder())
    assert [invariant.number for invariant in found] == list(range(1, 12))
    return {
        f"{invariant.number}: {invariant.rule}": invariant.offences.rows
        for invariant in found
        if invariant.offences.rows
    }


def assert_sound(connection: Connection) -> None:
    """All invariants hold, nothing is pending, and each refresh's numbers add up to the rows that landed."""
    assert offences(connection) == {}
    counts = status.counts(connection)
    assert counts.pending == 0
    assert counts.landed == counts.events + counts.rejects
    sums = results.query(
        connection,
        "SELECT COALESCE(SUM(rows_landed), 0), COALESCE(SUM(events_accepted), 0), COALESCE(SUM(rows_rejected), 0),"
        " COALESCE(SUM(files), 0) FROM customer_batch",
    )
    files = status.query(
        connection,
        "SELECT COUNT(*) FROM (SELECT batch_id, source_file FROM customer_event"
        " UNION SELECT batch_id, source_file FROM customer_reject)",
    )
    *rows, loaded = map(int, sums.rows[0])
    assert rows == [counts.landed, counts.events, counts.rejects]
    assert loaded == files.rows[0][0]


def _rows(connection: Connection, sql: str) -> list[Row]:
    table = results.query(connection, sql)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _version(row: Row) -> Version:
    version = Version(int(row["customer_id"]), _state(row), row["valid_from"], row["valid_to"], _place(row))
    assert row["is_current"] is version.is_current
    return version


def _event(row: Row) -> Event:
    state = _state(row)
    if row["is_delete"]:
        assert not any(state), "a tombstone with attributes"
    return Event(
        int(row["customer_id"]), row["updated_at"], None if row["is_delete"] else state, _place(row), row["loaded_at"]
    )


def _state(row: Row) -> State:
    return tuple(row[attribute] for attribute in ATTRIBUTES)


def _place(row: Row) -> Place:
    return row["source_file"].removeprefix(LANDING), int(row["source_row"])
