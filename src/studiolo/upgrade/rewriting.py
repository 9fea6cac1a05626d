"""The second step: a script of Python 3 with today's calls; comments and layout stay."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import libcst as cst

from studiolo.upgrade import methods
from studiolo.upgrade.called import called, code_of, dotted
from studiolo.upgrade.errors import ScriptNotPythonError
from studiolo.upgrade.facts import Facts, facts_of
from studiolo.upgrade.imports import new_imports, with_imports
from studiolo.upgrade.labels import without_ix
from studiolo.upgrade.names import ARGUMENTS, ATTRIBUTES, new_path
from studiolo.upgrade.statements import appended, assigned, compared, expressed


def rewritten(source: str, *, name: str, is_old: bool, was_2: bool = False) -> str:
    """The script with today's calls, as far as no guess is needed.

    Args:
        source: A script of Python 3.
        name: What errors call it.
        was_2: Whether it was of Python 2, where the quotient of two integers was one.
        is_old: Whether it also means the defaults of its time, which no word of it shows.

    Raises:
        ScriptNotPythonError: The library that reads it can't.
    """
    facts = facts_of(source, is_old=is_old)
    try:
        tree = cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise ScriptNotPythonError(name=name, line=error.raw_line, reason=error.message) from error
    changed = tree.visit(_Rewriting(facts, divides_whole=was_2 and not facts.divides_as_today))
    if facts.needed:
        changed = with_imports(changed, facts.needed)
    return changed.code


#: What has no code in it, and imports, which are left to `new_imports`.
_CLOSED: Final = frozenset(
    {
        *(cst.SimpleWhitespace, cst.ParenthesizedWhitespace, cst.TrailingWhitespace, cst.EmptyLine),
        *(cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.Comma, cst.Dot, cst.AssignEqual),
        *(cst.LeftParen, cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket),
        *(cst.Import, cst.ImportFrom),
    }
)


class _Rewriting(cst.CSTTransformer):
    """Applies the rules, inner expressions first."""

    def __init__(self, facts: Facts, *, divides_whole: bool) -> None:
        super().__init__()
        self._divides_whole = divides_whole
        self._facts = facts
        self._rules: Mapping[type[cst.CSTNode], Callable[[Any, Any], Any]] = {
            cst.Call: self._call,
            cst.Attribute: self._attribute,
            cst.Subscript: self._subscript,
            cst.Comparison: self._comparison,
            cst.BinaryOperation: self._quotient,
            cst.Assign: self._assign,
            cst.Return: self._return,
            cst.Expr: self._expr,
            cst.SimpleStatementLine: self._line,
        }

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Whether to look inside."""
        return type(node) not in _CLOSED

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        """The node with its rule applied."""
        rule = self._rules.get(type(original_node))
        return updated_node if rule is None else rule(original_node, updated_node)

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        """Nothing. libcst looks for a method by the name of each attribute, which takes long."""

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        """Likewise."""

    def _call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        path = self._path(original_node.func)
        name = _last(original_node.func)
        node = _with_new_arguments(updated_node, name)
        known = path in methods.FUNCTIONS or path in methods.KEEPING or name in methods.METHODS
        call = called(node) if known else None
        if call is None:
            return node
        if path is not None and path in methods.FUNCTIONS:
            new = methods.FUNCTIONS[path](call, self._facts)
            return node if new is None else cst.parse_expression(new)
        if path is not None and path in methods.KEEPING:
            new = methods.KEEPING[path](code_of(node.func))(call, self._facts)
            return node if new is None else cst.parse_expression(new)
        if path is None or path.startswith(("pandas.", "matplotlib.")):
            for rule in methods.METHODS.get(name, ()):
                new = rule(call, self._facts)
                if new is not None:
                    return cst.parse_expression(new)
        return node

    def _attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        path = self._path(original_node)
        renamed = None if path is None else new_path(path)
        if renamed is not None:
            return self._at(renamed, updated_node)
        if updated_node.attr.value == "weekday_name":
            return cst.parse_expression(f"{code_of(updated_node.value)}.day_name()")
        new = ATTRIBUTES.get(updated_node.attr.value)
        return updated_node if new is None else updated_node.with_changes(attr=cst.Name(new))

    def _subscript(self, _: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        value = updated_node.value
        if isinstance(value, cst.Attribute) and value.attr.value == "ix":
            new = without_ix(updated_node, self._facts)
            return updated_node if new is None else cst.parse_expression(new)
        return updated_node

    def _comparison(self, _: cst.Comparison, updated_node: cst.Comparison) -> cst.BaseExpression:
        new = compared(updated_node, self._facts)
        return updated_node if new is None else cst.parse_expression(new)

    def _quotient(
        self, _: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BinaryOperation:
        operator = updated_node.operator
        if not (self._divides_whole and isinstance(operator, cst.Divide)):
            return updated_node
        if not (_is_whole(updated_node.left) and _is_whole(updated_node.right)):
            return updated_node
        whole = cst.FloorDivide(operator.whitespace_before, operator.whitespace_after)
        return updated_node.with_changes(operator=whole)

    def _assign(self, _: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        value = appended(updated_node.value, self._facts)
        if value is not None:
            updated_node = updated_node.with_changes(value=cst.parse_expression(value))
        return assigned(updated_node, self._facts)

    def _return(self, _: cst.Return, updated_node: cst.Return) -> cst.Return:
        value = None if updated_node.value is None else appended(updated_node.value, self._facts)
        if value is None:
            return updated_node
        return updated_node.with_changes(value=cst.parse_expression(value))

    def _expr(self, _: cst.Expr, updated_node: cst.Expr) -> cst.BaseSmallStatement:
        new = expressed(updated_node, self._facts)
        if new is None:
            return updated_node
        statement = cst.parse_statement(new)
        assert isinstance(statement, cst.SimpleStatementLine)
        return statement.body[0]

    def _line(
        self, _: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        lines: Sequence[cst.BaseStatement] | None = new_imports(updated_node)
        return updated_node if lines is None else cst.FlattenSentinel(lines)

    def _path(self, node: cst.BaseExpression) -> str | None:
        name = dotted(node)
        return None if name is None else self._facts.path(name)

    def _at(self, path: str, node: cst.Attribute) -> cst.BaseExpression:
        """The expression for a new path: below the same import, or below one that is added."""
        top, dot, rest = path.partition(".")
        if not dot and top != "numpy":
            return cst.parse_expression(top)
        name = dotted(node) or ""
        first = name.partition(".")[0]
        imported = self._facts.imported.get(first, "")
        if imported == top:
            return cst.parse_expression(f"{first}.{rest}" if rest else first)
        module, _, last = path.rpartition(".")
        aliases = {"numpy": "np", "pandas": "pd"}
        if top in aliases:
            alias = self._facts.module(top, aliases[top])
            return cst.parse_expression(f"{alias}.{rest}" if rest else alias)
        alias = self._facts.module(module, module)
        return cst.parse_expression(f"{alias}.{last}")


def _is_whole(node: cst.BaseExpression) -> bool:
    """Whether it is an integer, as its text shows."""
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Name) and node.func.value in ("len", "int")
    return isinstance(node, cst.Integer)


def _last(function: cst.BaseExpression) -> str:
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


def _with_new_arguments(call: cst.Call, function: str) -> cst.Call:
    """The call with arguments by their new names."""
    arguments = []
    for argument in call.args:
        keyword = argument.keyword
        new = None if keyword is None else ARGUMENTS.get((function, keyword.value))
        arguments.append(argument if new is None else argument.with_changes(keyword=cst.Name(new)))
    return call.with_changes(args=arguments) if arguments != list(call.args) else call
