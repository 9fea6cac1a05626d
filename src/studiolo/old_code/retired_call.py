"""A call that today's libraries no longer have, or that means something else in them."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """The effect on a script that still makes the call."""

    #: The run fails there.
    FAILS = "fails"
    #: The run succeeds with other values.
    CHANGES = "changes"
    #: The run succeeds, and the line does nothing.
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Path:
    """A module, or a name in one, however the script imports it: `numpy.float`."""

    #: Each with everything below it.
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """An attribute or method of any object: `.ix`."""

    names: tuple[str, ...]
    #: Whether other objects have it too, so that it counts on what looks like a frame only.
    of_frames: bool = False


@dataclass(frozen=True, kw_only=True)
class Keyword:
    """An argument that a function or method no longer takes: `resample(how=…)`."""

    #: Of the function or method, without the part before the dot.
    functions: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text with another meaning as the first argument, or as a named one: `resample("M")`."""

    functions: tuple[str, ...]
    keyword: str
    #: A regular expression for the whole text.
    pattern: str


@dataclass(frozen=True, kw_only=True)
class Builtin:
    """A name that Python 2 had everywhere: `xrange`."""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Syntax:
    """A form of Python 2 that is a syntax error today; `python2` knows it by this name."""

    form: str


@dataclass(frozen=True, kw_only=True)
class Idiom:
    """A form that is found by a rule of its own; `idioms` knows it by this name."""

    form: str


Shape = Path | Attribute | Keyword | Text | Builtin | Syntax | Idiom


@dataclass(frozen=True, kw_only=True)
class RetiredCall:
    """One entry of the table."""

    #: How it looks in a script; None where only its error tells.
    shape: Shape | None
    #: A line of a script that has it.
    old: str
    #: What to write instead, in Markdown.
    today: str
    #: What changed, where ``today`` does not say it: a sentence.
    changed: str = ""
    #: How the error reads, as regular expressions over "Type: message".
    errors: tuple[str, ...] = ()
    #: How the failing line looks, as a regular expression, where the error alone does not tell.
    line: str = ""
    #: The same for a call with a shape: then the script has to have it.
    error_is_common: bool = False
    effect: Effect = Effect.FAILS
    #: Old and new names, where a new name is all that it takes: paths of a `Path`, attributes of an
    #: `Attribute`, arguments of a `Keyword`.
    renames: tuple[tuple[str, str], ...] = ()
    #: Why the environment `classic` does not give it its old meaning back, as a sentence; "" where
    #: it does.
    lost: str = ""
    #: Whether a run that succeeds says so in its log. Not for what today's scripts write as well.
    noted: bool = True

    @property
    def sentence(self) -> str:
        """The advice about the call."""
        before = f"{self.changed} " if self.changed else ""
        return f"{before}Instead of `{self.old_line}`, use {self.today}."

    @property
    def shows_age(self) -> bool:
        """Whether only old scripts have it: it fails today, or new ones don't write it."""
        return self.effect is Effect.FAILS or self.noted

    @property
    def old_line(self) -> str:
        """The line of ``old`` that the call is in."""
        return self.old.splitlines()[-1].strip()

    def raises(self, error: str) -> bool:
        """Whether an error, as Python shows it, may come from this call."""
        return any(re.search(pattern, error) for pattern in self.errors)


def attribute_error(*names: str, of: str = r"\w+") -> str:
    """The error of an attribute that objects of some class no longer have."""
    return rf"'{of}' object has no attribute '({'|'.join(names)})'"


def path_error(module: str, *names: str) -> str:
    """The error of a name that a module no longer has, by import or by use."""
    any_name = "|".join(names)
    quoted = re.escape(module)
    return (
        rf"[Mm]odule '{quoted}' has no attribute '({any_name})'"
        rf"|cannot import name '({any_name})' from '{quoted}'"
        rf"|No module named '{quoted}\.({any_name})\b"
    )
