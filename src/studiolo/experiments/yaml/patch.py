"""A document with another content, in which whatever stays has stayed as it was typed.

A dump of the whole document, even by a library that keeps comments, aligns and wraps the rest of
it anew, and takes the comment above a key away with the key before it. So the new text is put
together from pieces of the old one; only what is new is rendered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studiolo.experiments.yaml.document import MappingNode, ScalarNode, SequenceNode, YamlNode
from studiolo.experiments.yaml.scalars import scalar_text
from studiolo.experiments.yaml.text import (
    Layout,
    Path,
    entry_text,
    flow_entry_text,
    flow_text,
    item_text,
    value_text,
)

_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_LAST_LINE_BREAK = re.compile(r"\r?\n *\Z")
_BEFORE_DASH = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*")


class _NotSaid:
    """Stands for the value of a key that is not there."""


_NOT_SAID = _NotSaid()


def same(one: Any, other: Any) -> bool:
    """Whether two values are one in YAML: 1, 1.0 and true are three, and NaN is one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        # NaN is not equal to itself, and 0.0 is equal to -0.0.
        return repr(one) == repr(other)
    return type(one) is type(other) and bool(one == other)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """An entry of a mapping or an item of a list, and its change."""

    path: Path
    #: None for an item.
    key: str | None
    old: Any
    #: `_NOT_SAID`, if it is deleted.
    new: Any


@dataclass(frozen=True, kw_only=True)
class _Present(_Part):
    """One that the text has."""

    value: YamlNode
    #: Where it begins: its key, or its dash.
    start: int
    #: Where its key or its dash ends.
    name_end: int
    #: The key that takes the place of its own.
    new_key: str | None = None

    @property
    def stays(self) -> bool:
        """Whether its text is copied. That may be text that says what goes without saying."""
        return self.new_key is None and same(self.old, self.new)

    @property
    def keeps_its_kind(self) -> bool:
        """Whether it is a mapping or list and remains one, so that parts of it can stay."""
        if isinstance(self.value, MappingNode):
            return bool(self.value.entries and self.new) and isinstance(self.new, dict)
        if isinstance(self.value, SequenceNode):
            return bool(self.value.items and self.new) and isinstance(self.new, list)
        return False


class Patch:
    """Writes the new text of a document."""

    def __init__(
        self, text: str, *, layout: Layout, renamed: Mapping[Path, str] | None = None
    ) -> None:
        """Begin.

        Args:
            text: The existing text.
            layout: The layout of new parts.
            renamed: The new keys of entries, which keep the rest of their text.
        """
        self._text = text
        self._layout = layout
        self._renamed = renamed or {}

    def patched(self, root: MappingNode, old: dict[str, Any], new: dict[str, Any]) -> str:
        """The whole text, saying ``new``.

        Args:
            root: The tree of the text.
            old: What the text says. It may lack keys whose values go without saying; they stay,
                unless ``new`` has them.
            new: What it is to say. The order of what the text has already does not change.
        """
        inside = self._collection(root, old, new, ())
        # Without a line break at its end, a text in a block would lose its own.
        after = self._text[self._end(root) :] or self._layout.newline
        return f"{self._text[: root.start]}{inside}{after}"

    def _collection(self, node: YamlNode, old: Any, new: Any, path: Path) -> str:
        """The new text of a mapping or list that remains one, as far as `_end`."""
        if isinstance(node, MappingNode):
            parts = self._parts_of_mapping(node, old, new, path)
        else:
            assert isinstance(node, SequenceNode)
            parts = self._parts_of_list(node, old, new, path)
        return self._flow(node, parts, new) if node.flow else self._block(node, parts)

    # In a block, an entry owns the rest of its last line. Comments on lines of their own stay.

    def _block(self, node: MappingNode | SequenceNode, parts: Sequence[_Part]) -> str:
        indent = node.column - 1
        margin = self._layout.newline + " " * indent
        written: list[str] = []
        position = node.start
        for part in parts:
            if not isinstance(part, _Present):
                written += margin, self._new_part(part, indent)
                continue
            # What indents the entry goes or comes with the entry.
            written.append(_LAST_LINE_BREAK.sub("", self._text[position : part.start]))
            position = self._end_of_line(part.value.end)
            if part.stays:
                written += margin, self._text[part.start : position]
            elif part.new is not _NOT_SAID:
                written += margin, self._changed_part(part, indent, position)
        return "".join(written).lstrip(" \r\n")

    def _new_part(self, part: _Part, indent: int) -> str:
        if part.key is None:
            return item_text(part.new, indent=indent, path=part.path, layout=self._layout)
        return entry_text(part.key, part.new, indent=indent, path=part.path, layout=self._layout)

    def _changed_part(self, part: _Present, indent: int, end: int) -> str:
        name = self._name(part)
        between = self._text[part.name_end : part.value.start]
        behind = self._text[self._end(part.value) : end]
        if part.keeps_its_kind:
            inside = self._collection(part.value, part.old, part.new, part.path)
            return f"{name}{between}{inside}{behind}"
        if (quotes := _quotes_of(part)) is not None and "\n" not in part.new:
            new = f" {scalar_text(part.new, quotes=quotes)}"
        else:
            new = value_text(part.new, indent=indent, path=part.path, layout=self._layout)
        # It may continue over several lines: comments stay after the first.
        first, line_break, more = new.partition(self._layout.newline)
        if first and between and not between.strip(" "):
            first = between + first[1:]
        if comments := _COMMENT.findall(between) + self._comments_of_header(part.value):
            comments += _COMMENT.findall(behind)
            behind = "".join(f"  {comment}" for comment in comments)
        return f"{name}{first}{behind}{line_break}{more}"

    def _name(self, part: _Present) -> str:
        if part.new_key is not None:
            return f"{scalar_text(part.new_key)}:"
        return self._text[part.start : part.name_end]

    def _comments_of_header(self, node: YamlNode) -> list[str]:
        """The comment after the | or > of a text."""
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            return _COMMENT.findall(self._text[node.start : self._end_of_line(node.start)])
        return []

    # In braces and brackets, an entry owns what separates it from the next.

    def _flow(self, node: MappingNode | SequenceNode, parts: Sequence[_Part], new: Any) -> str:
        present = [part for part in parts if isinstance(part, _Present)]
        if not present or any(part.value.start == part.value.end for part in present):
            # No place for a patch: it is empty, or an entry is only a key.
            return flow_text(new)
        starts = [part.start for part in present]
        ends = iter([*starts[1:], node.end - 1])
        written = [self._text[node.start : starts[0]]]
        # The text before the next entry, or the end; None before the first.
        separator: str | None = None
        for part in parts:
            if not isinstance(part, _Present):
                written += "" if separator is None else ", ", _flow_part_text(part)
                separator = ", " if separator is None else separator
                continue
            after = self._text[part.value.end : next(ends)]
            if part.new is _NOT_SAID and not part.stays:
                is_last = part is present[-1]
                separator = _separator_of_deleted(separator, after, is_last=is_last)
                continue
            kept = self._text[part.start : part.value.end]
            written += separator or "", kept if part.stays else self._changed_flow_part(part)
            separator = after
        return f"{''.join(written)}{separator or ''}{self._text[node.end - 1]}"

    def _changed_flow_part(self, part: _Present) -> str:
        name = self._name(part)
        between = self._text[part.name_end : part.value.start]
        if part.keeps_its_kind:
            new = self._collection(part.value, part.old, part.new, part.path)
        elif (quotes := _quotes_of(part)) is not None:
            new = scalar_text(part.new, quotes=quotes)
        else:
            new = flow_text(part.new)
        return f"{name}{between or (' ' if name else '')}{new}"

    def _parts_of_mapping(
        self, node: MappingNode, old: dict[str, Any], new: dict[str, Any], path: Path
    ) -> list[_Part]:
        """The entries of the text, in its order; a new entry follows its predecessor in ``new``."""
        renamed = {
            key.text: self._renamed[(*path, key.text)]
            for key, _ in node.entries
            if self._renamed.get((*path, key.text)) in new
        }
        # One whose name another entry takes is deleted.
        names = {
            key.text: renamed.get(key.text, key.text)
            for key, _ in node.entries
            if key.text in renamed or key.text not in renamed.values()
        }
        present = set(names.values())
        added: dict[str | None, list[_Part]] = {}
        before: str | None = None
        for name, value in new.items():
            if name in present:
                before = name
            else:
                part = _Part(path=(*path, name), key=name, old=_NOT_SAID, new=value)
                added.setdefault(before, []).append(part)
        parts = added.get(None, [])
        for key, node_value in node.entries:
            name_end = self._text.find(":", key.end) + 1
            parts.append(
                _Present(
                    path=(*path, key.text),
                    key=key.text,
                    old=old.get(key.text, _NOT_SAID),
                    new=new.get(names[key.text], _NOT_SAID) if key.text in names else _NOT_SAID,
                    value=node_value,
                    start=key.start,
                    name_end=name_end,
                    new_key=renamed.get(key.text),
                )
            )
            parts += added.get(names.get(key.text, key.text), [])
        return parts

    def _parts_of_list(
        self, node: SequenceNode, old: list[Any], new: list[Any], path: Path
    ) -> list[_Part]:
        """The changes of a sequence: common ends stay; in between, item replaces item."""
        shorter = min(len(old), len(new))
        head = next((n for n in range(shorter) if not same(old[n], new[n])), shorter)
        rest = shorter - head
        tail = next((n for n in range(rest) if not same(old[-n - 1], new[-n - 1])), rest)
        changed = new[head : len(new) - tail]
        parts: list[_Part] = []
        position = node.start
        for number, item in enumerate(node.items):
            to_the_end = len(old) - number
            if number < head or to_the_end <= tail:
                becomes = old[number]
            else:
                becomes = changed.pop(0) if changed else _NOT_SAID
            start = name_end = item.start
            if not node.flow:
                start = self._dash(position)
                name_end = start + 1
            position = self._end_of_line(item.end)
            if to_the_end == tail:
                parts += [_Part(path=path, key=None, old=_NOT_SAID, new=more) for more in changed]
                changed = []
            parts.append(
                _Present(
                    path=path,
                    key=None,
                    old=old[number],
                    new=becomes,
                    value=item,
                    start=start,
                    name_end=name_end,
                )
            )
        return [*parts, *(_Part(path=path, key=None, old=_NOT_SAID, new=more) for more in changed)]

    def _dash(self, position: int) -> int:
        """Where the next item of a list begins, after comments and blank lines."""
        match = _BEFORE_DASH.match(self._text, position)
        assert match is not None
        return match.end()

    def _end(self, node: YamlNode) -> int:
        """Where the text ends that `_collection` writes anew."""
        in_block = isinstance(node, MappingNode | SequenceNode) and not node.flow
        return self._end_of_line(node.end) if in_block else node.end

    def _end_of_line(self, position: int) -> int:
        end = self._text.find("\n", position)
        if end < 0:
            return len(self._text)
        return end - 1 if end > position and self._text[end - 1] == "\r" else end


def _quotes_of(part: _Present) -> str | None:
    """The quotes around a text, for the text that takes its place."""
    if isinstance(part.value, ScalarNode) and isinstance(part.new, str):
        return part.value.style if part.value.style in {"'", '"'} else None
    return None


def _flow_part_text(part: _Part) -> str:
    return flow_text(part.new) if part.key is None else flow_entry_text(part.key, part.new)


def _separator_of_deleted(before: str | None, after: str, *, is_last: bool) -> str | None:
    """The separator between a deleted entry's neighbours; None if it has none before it.

    Commas are not left over, comments on lines of their own are.
    """
    if is_last:
        text, mark, comment = after.partition("#")
        closing = f"{text.replace(',', '', 1)}{mark}{comment}"
        return f"{before}{closing}" if before and "#" in before else closing
    _, line_break, lines = after.partition("\n")
    if before is None or "#" not in lines:
        return before
    return f"{before}{line_break}{lines}"
