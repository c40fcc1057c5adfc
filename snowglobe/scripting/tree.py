"""What a procedure's body is, parsed: frozen and hashable. `parser.parse` makes it, `run.run` runs it.

Every variable has a slot of its own in one flat list, whatever block it belongs to, so that names and scopes are the
parser's business alone. SQL is the author's text with each bind replaced by `?`; `binds` are the variables, in order.
`line` counts from 1, `position` (the column) from 0, both in the body, as Snowflake counts.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from snowglobe.scripting.types import VariableType


@dataclass(frozen=True, slots=True)
class Variable:
    """An argument, a declared variable or a built-in. `name` is in upper case; without a type it takes any value."""

    name: str
    slot: int
    type: VariableType | None = None


# The variables that Snowflake sets, each in the slot of its place here.
# https://docs.snowflake.com/en/developer-guide/snowflake-scripting/dml-status and .../exceptions
SQLROWCOUNT, SQLFOUND, SQLNOTFOUND, SQLERRM, SQLCODE, SQLSTATE = BUILT_INS = tuple(
    Variable(name, slot)
    for slot, name in enumerate(("SQLROWCOUNT", "SQLFOUND", "SQLNOTFOUND", "SQLERRM", "SQLCODE", "SQLSTATE"))
)


@dataclass(frozen=True, slots=True)
class DeclaredException:
    """`name EXCEPTION (number, 'message')`. The line keeps two of the same name in nested blocks apart."""

    name: str
    number: int
    message: str
    line: int


# What a handler may name beside declared exceptions: an error of a SQL statement, of an expression, any other.
STATEMENT_ERROR = "STATEMENT_ERROR"
EXPRESSION_ERROR = "EXPRESSION_ERROR"
OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, boolean or NULL."""

    value: int | Decimal | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a variable."""

    variable: Variable


@dataclass(frozen=True, slots=True)
class Query:
    """Any other expression: `sql` is a SELECT of one row and one column."""

    sql: str
    binds: tuple[Variable, ...]


Simple: TypeAlias = Literal | Reference


@dataclass(frozen=True, slots=True)
class Operation:
    """A comparison, AND, OR, NOT, IS NULL or arithmetic: its name as sqlglot's, and what it is applied to."""

    operator: str
    operands: tuple["Term", ...]


Term: TypeAlias = Literal | Reference | Operation


@dataclass(frozen=True, slots=True)
class Computed:
    """An operation on integers, booleans and NULL. `query` is the same as SQL, for any other values."""

    operation: Operation
    query: Query


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Simple values joined by `||`. `query` is the same as SQL, for values other than text and integers."""

    parts: tuple[Simple, ...]
    query: Query


Expression: TypeAlias = Literal | Reference | Computed | Concatenation | Query


@dataclass(frozen=True, slots=True)
class Assignment:
    """`v := expression`, also as LET and as a declaration with DEFAULT."""

    variable: Variable
    expression: Expression
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class Sql:
    """One SQL statement. `changes_rows`: it is DML, so that SQLROWCOUNT is its number of rows."""

    sql: str
    binds: tuple[Variable, ...]
    changes_rows: bool
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class SelectInto:
    """`SELECT ... INTO :a, :b ...`; `sql` is the query without its INTO."""

    sql: str
    binds: tuple[Variable, ...]
    targets: tuple[Variable, ...]
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """BEGIN TRANSACTION (`begins`), COMMIT or ROLLBACK, in the author's words."""

    sql: str
    begins: bool
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class Return:
    """`RETURN expression`."""

    expression: Expression
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class Raise:
    """`RAISE name`, or without a name: the error in hand once more."""

    exception: DeclaredException | None
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and what runs if it is true."""

    condition: Expression
    body: "tuple[Statement, ...]"
    line: int
    position: int


@dataclass(frozen=True, slots=True)
class If:
    """The first branch whose condition is true, else `otherwise`."""

    branches: tuple[Branch, ...]
    otherwise: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True)
class Loop:
    """`LOOP ... END LOOP`: its body again and again, until BREAK or RETURN."""

    body: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True)
class Leave:
    """BREAK, or CONTINUE (`again`): the innermost loop ends, or begins its body again."""

    again: bool


@dataclass(frozen=True, slots=True)
class Handler:
    """`WHEN ... THEN`; `catches` has declared exceptions and STATEMENT_ERROR, EXPRESSION_ERROR, OTHER."""

    catches: tuple[DeclaredException | str, ...]
    body: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True)
class Block:
    """`DECLARE ... BEGIN ... EXCEPTION ... END`. The handlers are for the body, not for the declarations."""

    declarations: tuple[Assignment, ...]
    body: "tuple[Statement, ...]"
    handlers: tuple[Handler, ...]


Statement: TypeAlias = Assignment | Sql | SelectInto | Transaction | Return | Raise | If | Loop | Leave | Block


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole body. `slots` is the length of the list that holds all variables; the built-ins come first in it."""

    arguments: tuple[Variable, ...]
    slots: int
    block: Block
