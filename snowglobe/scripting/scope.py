"""Which names a place in a procedure's body can see. Scoping is lexical, names are case-insensitive.

https://docs.snowflake.com/en/developer-guide/snowflake-scripting/variables#understanding-the-scope-of-declarations
"""

from snowglobe.scripting.cursor import words
from snowglobe.scripting.tree import BUILT_INS, DeclaredException, Variable
from snowglobe.scripting.types import VariableType

# Names that no variable can have. https://docs.snowflake.com/en/sql-reference/reserved-keywords
RESERVED = words("""
    ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CREATE CURRENT CURRENT_DATE CURRENT_TIME
    CURRENT_TIMESTAMP CURRENT_USER DELETE DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM GRANT GROUP HAVING ILIKE IN
    INCREMENT INSERT INTERSECT INTO IS LIKE LOCALTIME LOCALTIMESTAMP MINUS NOT NULL OF ON OR ORDER QUALIFY REGEXP REVOKE
    RLIKE ROW ROWS SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE
    VALUES WHEN WHENEVER WHERE WINDOW WITH
    BEGIN DECLARE END ELSEIF EXCEPTION IF LET RAISE RETURN
""")


class Scope:
    """The names declared in one stretch of the body, and those of the stretches around it."""

    def __init__(self, parent: "Scope | None" = None, same_block: bool = False) -> None:
        self._parent = parent
        self._names: dict[str, Variable | DeclaredException] = {}
        # A block's declarations and its body are two stretches, and a name may be declared once in both together.
        self._taken: set[str] = parent._taken if parent and same_block else set()
        # All variables of the body in the order of their slots, one list for all its scopes.
        self.variables: list[Variable] = parent.variables if parent else list(BUILT_INS)

    @classmethod
    def outermost(cls) -> "Scope":
        """The scope of the built-in variables."""
        scope = cls()
        scope._names.update({variable.name: variable for variable in BUILT_INS})
        return scope

    def inner(self) -> "Scope":
        """The scope of a block, branch or handler inside this one; its names may hide those out here."""
        return Scope(self)

    def rest(self) -> "Scope":
        """The scope of what follows in the same block: its names must be new there."""
        return Scope(self, same_block=True)

    def refusal(self, name: str) -> str | None:
        """Why the name cannot be declared here; None if it can."""
        if name in RESERVED:
            return "a reserved word cannot be a name"
        if any(name == variable.name for variable in BUILT_INS):
            return "a built-in variable cannot be declared"
        return "the name is declared twice" if name in self._taken else None

    def declare(self, name: str, declared: VariableType | None) -> Variable:
        """Makes a variable of the name, in upper case, seen from here on."""
        variable = Variable(name, len(self.variables), declared)
        self.variables.append(variable)
        self._add(name, variable)
        return variable

    def declare_exception(self, exception: DeclaredException) -> None:
        """Makes the exception seen from here on."""
        self._add(exception.name, exception)

    def _add(self, name: str, meaning: Variable | DeclaredException) -> None:
        self._names[name] = meaning
        self._taken.add(name)

    def variable(self, name: str) -> Variable | None:
        """The variable that the name, in upper case, stands for here."""
        meaning = self._meaning(name)
        return meaning if isinstance(meaning, Variable) else None

    def exception(self, name: str) -> DeclaredException | None:
        """The declared exception that the name, in upper case, stands for here."""
        meaning = self._meaning(name)
        return meaning if isinstance(meaning, DeclaredException) else None

    def _meaning(self, name: str) -> Variable | DeclaredException | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope._names:
                return scope._names[name]
            scope = scope._parent
        return None
