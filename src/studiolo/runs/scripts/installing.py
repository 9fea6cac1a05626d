"""Lines of a script that would install packages, or that only a notebook understands."""

import re
import shlex
from typing import Final

_COMMAND: Final = re.compile(r"\b(?:pip3?|conda) +install\b[ \t]+([^\n#;&|]+)")
#: `pip.main(["install", "humanize"])`, and the same for a program that is called with a list.
_LIST: Final = re.compile(r"\[[^\]]*?['\"]install['\"]\s*,([^\]]*)\]")
_TEXT: Final = re.compile(r"['\"]([^'\"]+)['\"]")
_REQUIREMENT: Final = re.compile(r"[A-Za-z][\w.-]*(\[[\w,-]+\])?([=<>!~]=?[\w.*,<>=!~]+)?")
#: A line for the shell, or for the notebook itself.
_OF_NOTEBOOK: Final = re.compile(r"\s*[!%]")


def packages_installed(source: str) -> list[str]:
    """The packages that a script asks an installer for, as it writes them."""
    words = [word for found in _COMMAND.finditer(source) for word in _words(found[1])]
    words += [word for listed in _LIST.finditer(source) for word in _TEXT.findall(listed[1])]
    return list(dict.fromkeys(word for word in words if _REQUIREMENT.fullmatch(word)))


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quotation mark that is not closed
        return command.split()


def dependencies_line(source: str) -> str:
    """The line of a metadata block that names these packages."""
    names = ", ".join(f'"{name}"' for name in packages_installed(source) or ["NAME"])
    return f"# dependencies = [{names}]"


def notebook_advice(line: str) -> str | None:
    """The advice about a line that Python can't read because it is for a notebook."""
    if not _OF_NOTEBOOK.match(line):
        return None
    if packages_installed(line):
        return (
            "The line is for a notebook, and nothing is installed during a run. Delete it, and "
            "name the packages in the script's metadata block, at its top: "
            f"# /// script, {dependencies_line(line)}, # ///, each in a line of its own."
        )
    return "The line is for a notebook, not Python. Delete it: a run keeps all figures."
