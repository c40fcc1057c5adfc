"""What a page is given: a dimension, a connection for this run, and the address."""

from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from customertrack.console.source import Source
from customertrack.described import tables_of
from customertrack.dimension.definition import Definition
from customertrack.reads.tables import Tables
from customertrack.warehouse import Connection

DIMENSION = "dimension"
"""The address's word for which dimension is looked at."""


class Query:
    """The query parameters of the address: every choice that a person makes stands there."""

    def get(self, name: str) -> str | None:
        """What is chosen, or None."""
        return st.query_params.get(name)

    def set(self, **chosen: str | None) -> None:
        """Write choices into the address; None takes one out. The others stay."""
        for name, value in chosen.items():
            if value is None:
                st.query_params.pop(name, None)
            elif st.query_params.get(name) != value:
                st.query_params[name] = value


@dataclass(frozen=True)
class Page:
    """One run of a page. `connection` is open until `show` returns; a fragment asks `source` for its own."""

    source: Source
    definition: Definition
    connection: Connection
    query: Query = field(default_factory=Query)

    @property
    def name(self) -> str:
        """The dimension that is looked at."""
        return self.definition.name

    @cached_property
    def tables(self) -> Tables:
        """Those of the dimension."""
        return tables_of(self.definition)
