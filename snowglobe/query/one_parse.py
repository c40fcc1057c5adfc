"""Paths into one document: what is asked of several of them by one parse.

DuckDB parses a document for each path that is asked of it. So where a SELECT asks for two paths or more of a column of
its only table, a query below it takes all texts there as one list, all types as another, and above that each text is
made once, however often the SELECT names its path. What it is worth: docs/decisions/0045.
"""

from dataclasses import dataclass, field

from sqlglot import exp

from snowglobe.query import paths, records

# What a query may have to be one of them.
_PLAIN = {"with_", "expressions", "from_", "where"}


@dataclass
class _Document:
    """A column, and the paths into it: what its texts and its types are of."""

    column: exp.Column
    number: int
    texts: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def text(self, path: str) -> exp.Column:
        """The column that has the text of the value there."""
        return self._noted(self.texts, "text", path)

    def kind(self, path: str) -> exp.Column:
        """The column that has DuckDB's name for the type of the value there; NULL if there is none."""
        return self._noted(self.kinds, "type", path)

    def lists(self) -> list[exp.Expr]:
        """What the lowest query selects."""
        asked = [("JSON_EXTRACT_STRING", "text", self.texts), ("JSON_TYPE", "type", self.kinds)]
        return [self._list(function, what, of) for function, what, of in asked if of]

    def values(self) -> list[exp.Expr]:
        """What the query above it selects."""
        texts = [records.text(self._item("text", self.texts, path), self._type(path)) for path in self.texts]
        kinds = [self._item("type", self.kinds, path) for path in self.kinds]
        named = [(self.text(path), text) for path, text in zip(self.texts, texts, strict=True)]
        named += [(self.kind(path), kind) for path, kind in zip(self.kinds, kinds, strict=True)]
        return [exp.alias_(value, column.name, quoted=True) for column, value in named]

    def _noted(self, of: list[str], what: str, path: str) -> exp.Column:
        if path not in of:
            of.append(path)
        # By its place: paths tell capitals from small letters, and names of columns do not.
        return exp.column(f"${what} {self.number}.{of.index(path) + 1}", quoted=True)

    def _list(self, function: str, what: str, of: list[str]) -> exp.Expr:
        written = exp.Array(expressions=[exp.Literal.string(path) for path in of])
        call = exp.Anonymous(this=function, expressions=[self.column.copy(), written])
        return exp.alias_(call, self._list_name(what), quoted=True)

    def _item(self, what: str, of: list[str], path: str) -> exp.Expr:
        place = exp.Literal.number(of.index(path) + 1)
        return exp.Anonymous(this="LIST_EXTRACT", expressions=[exp.column(self._list_name(what), quoted=True), place])

    def _type(self, path: str) -> exp.Expr:
        if path in self.kinds:
            return self._item("type", self.kinds, path)
        column = exp.Column(this=self.column.this.copy())
        return exp.Anonymous(this="JSON_TYPE", expressions=[column, exp.Literal.string(path)])

    def _list_name(self, what: str) -> str:
        return f"${what}s {self.number}"


def in_one_parse(tree: exp.Expr) -> None:
    """Have the queries in the tree that ask for several paths of a document do so at once."""
    for query in list(tree.find_all(exp.Select)):
        if _is_plain(query):
            _parse_once(query)


def _is_plain(query: exp.Select) -> bool:
    """Whether it has one table, whose columns it names without a schema, and nothing that would show others."""
    if any(value and part not in _PLAIN for part, value in query.args.items()) or not query.args.get("from_"):
        return False
    source = query.args["from_"].this
    named = isinstance(source, (exp.Table, exp.Subquery)) and source.alias_or_name
    shows_all = any(item.is_star for item in query.expressions)
    return bool(named) and not shows_all and not any(column.args.get("db") for column in query.find_all(exp.Column))


def _parse_once(query: exp.Select) -> None:
    documents: list[_Document] = []
    for column, found in _asked(query).items():
        if len({paths.place(value) for value in found}) > 1 and _is_of_source(column, query):
            documents.append(_Document(column, len(documents) + 1))
            for value in found:
                _replace(value, documents[-1])
    if not documents:
        return
    source = query.args["from_"].this
    lists = (each for document in documents for each in document.lists())
    values = (each for document in documents for each in document.values())
    parsed = exp.select("*", *lists).from_(source.copy()).subquery("$parsed")
    source.replace(exp.select("*", *values).from_(parsed).subquery(source.alias_or_name))


def _asked(query: exp.Select) -> dict[exp.Column, list[exp.Expr]]:
    """Of each column the values within it whose text or type is asked for: at a path, or the column itself."""
    asked: dict[exp.Column, list[exp.Expr]] = {}
    for part in [*query.expressions, *filter(None, [query.args.get("where")])]:
        for node in part.walk(prune=lambda each: isinstance(each, exp.Query)):
            column = node.this if isinstance(node, exp.JSONExtract) else node
            if isinstance(column, exp.Column) and _is_read(node):
                asked.setdefault(column, []).append(node)
    return asked


def _is_read(value: exp.Expr) -> bool:
    """Whether its text or its type is asked for. What is handed on is taken where it is needed, at most once a row."""
    match value.parent:
        case exp.Typeof() | exp.IsNullValue():
            return True
        case exp.Cast() | exp.Is(expression=exp.Null()):
            return isinstance(value, exp.JSONExtract)
    return False


def _is_of_source(column: exp.Column, query: exp.Select) -> bool:
    """Whether it is a column of the query's table, and not of a query around it, or another item by its alias."""
    if column.table and column.table.lower() != query.args["from_"].this.alias_or_name.lower():
        return False
    aliased = [item for item in query.expressions if item.alias.lower() == column.name.lower()]
    return all(column in item.find_all(exp.Column) for item in aliased)


def _replace(value: exp.Expr, document: _Document) -> None:
    path = paths.place(value)
    match value.parent:
        case exp.Cast():
            value.replace(document.text(path))
        case exp.Typeof() as asked:
            asked.replace(paths.type_of(asked, document.kind(path)))
        case exp.IsNullValue() as asked:
            asked.replace(paths.is_null_value(asked, document.kind(path)))
        case _:
            value.replace(document.kind(path))
