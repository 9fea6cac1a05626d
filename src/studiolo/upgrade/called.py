"""A call in a script, as text: what rules take apart and put together."""

from dataclasses import dataclass, field, replace

import libcst as cst

_EMPTY = cst.Module([])


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call of a function or a method."""

    #: What a method is called on; "" for a function.
    on: str
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def text(
        self, function: str, *, without: tuple[str, ...] = (), more: tuple[str, ...] = ()
    ) -> str:
        """The call of another function or method with the same arguments, but for some."""
        named = [f"{name}={code}" for name, code in self.named.items() if name not in without]
        return f"{function}({', '.join([*self.positional, *named, *more])})"

    def first(self, name: str) -> str | None:
        """The first argument, by its place or its name."""
        return self.positional[0] if self.positional else self.named.get(name)

    def rest(self) -> "Called":
        """The same call without its first positional argument."""
        return replace(self, positional=self.positional[1:])


def called(call: cst.Call) -> Called | None:
    """A call as text; None where it unpacks arguments, whose number the text does not show."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for argument in call.args:
        if argument.star:
            return None
        code = code_of(argument.value)
        if argument.keyword is None:
            positional.append(code)
        else:
            named[argument.keyword.value] = code
    on = code_of(call.func.value) if isinstance(call.func, cst.Attribute) else ""
    return Called(on=on, positional=positional, named=named)


def code_of(node: cst.CSTNode) -> str:
    """The text of a part of the script."""
    return _EMPTY.code_for_node(node)


def dotted(node: cst.BaseExpression) -> str | None:
    """The text of a name with dots; None for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])


def is_text(code: str) -> bool:
    """Whether this is the text of a text."""
    return code[:1] in "'\"" and code[:1] == code[-1:]


def unquoted(code: str) -> str:
    """The content of a short text."""
    return code[1:-1]
