"""One or two sentences for uv's explanation of why packages can't be had together."""

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Final

#: A package with or without a version. It begins where a word does, so that a long text is looked
#: through once and not again from each of its letters.
_ONE: Final = r"(?<!\S)[A-Za-z0-9][^\s,]*"
_DEPENDS: Final = re.compile(rf"(?P<who>{_ONE}) depends? on (?P<what>{_ONE})")
_REQUIRED: Final = re.compile(r"you require (?P<all>[^,]+)")
_NO_VERSION: Final = re.compile(rf"there (?:is|are) no versions? of (?P<what>{_ONE})")
_PYTHON: Final = re.compile(rf"(?P<what>{_ONE}) requires Python (?P<python>[<>=!~][^\s,]*)")
_SOURCE: Final = re.compile(rf"(?P<what>{_ONE}) ha(?:s|ve) no (?:usable )?wheels(?! with)")
_UNFIT: Final = re.compile(rf"(?P<what>{_ONE}) ha(?:s|ve) no wheels with a matching Python")
_ABSENT: Final = re.compile(rf"(?P<what>{_ONE}) was not found in ")
_FOUND: Final = re.compile(r"only found wheels for .+ with the following .+ tags?: (?P<tags>.+)")
_ADDRESS: Final = re.compile(r"https?://(?:[^/\s@]*@)?(?P<host>[^/\s)]+)")
_CAUSE: Final = re.compile(r"cause: (.+)")
_NUMBER: Final = re.compile(r" \(os error \d+\)$")
_HASH: Final = re.compile(r"Hash mismatch for `(?P<what>[^`]+)`")
_CONCLUSION: Final = re.compile(r"we can conclude that .*?(?= And because |$)")
_VERSION: Final = re.compile(r"[=<>!~]")


def in_short(explanation: str) -> str:
    """The reason in our words, "" where it is not one of those that are known."""
    text = re.sub(r"\s+", " ", explanation)
    for find in (_hashes, _wheels, _python, _versions, _missing, _conflict, _network):
        if found := find(text, explanation):
            return found
    return ""


def _hashes(text: str, _: str) -> str:
    match = _HASH.search(text)
    return f"{match['what']} is a different file than the lock says." if match else ""


def _wheels(text: str, _: str) -> str:
    if match := _UNFIT.search(text):
        tags = _FOUND.search(text)
        found = f", only for {tags['tags'].replace('`', '')}" if tags else ""
        return f"{match['what']} has no wheel for this Python and platform{found}."
    if match := _SOURCE.search(text):
        return f"{match['what']} is published as source only."
    return ""


def _python(text: str, _: str) -> str:
    match = _PYTHON.search(text)
    return f"{match['what']} needs Python {match['python']}." if match else ""


def _versions(text: str, _: str) -> str:
    match = _NO_VERSION.search(text)
    return f"There is no {match['what']}." if match else ""


def _missing(text: str, _: str) -> str:
    """The package that needs one which does not exist."""
    match = _ABSENT.search(text)
    if match is None:
        return ""
    for who, what in _needs(text):
        if _package(what) == match["what"]:
            return f"{who} needs {what}."
    return ""


def _conflict(text: str, _: str) -> str:
    """Two requirements for one package, and who has them."""
    needs = _needs(text)
    wanted = [("", what) for what in _required(text)]
    for (who, one), (other_who, other) in combinations([*needs, *wanted], 2):
        if _package(one) != _package(other) or one == other or not _VERSION.search(one + other):
            continue
        if not who:
            return f"{one} and {other} are both asked for, and no version is both."
        chain = [f"{a} needs {b}" for a, b in needs if _package(b) in (who, other_who)]
        last = f"{other_who} needs {other}" if other_who else f"{other} is asked for"
        also = f" ({', '.join(chain)}.)" if chain else ""
        return f"{who} needs {one}, but {last}.{also}"
    return ""


def _network(text: str, explanation: str) -> str:
    if "network was disabled" in text:
        return "uv is set to work offline, and has not kept the package."
    host, causes = _ADDRESS.search(text), _CAUSE.findall(explanation)
    if host is None or not causes:
        return ""
    return f"{host['host']} could not be reached: {_NUMBER.sub('', causes[-1])}."


def _required(text: str) -> Sequence[str]:
    found: list[str] = []
    for match in _REQUIRED.finditer(text):
        found += [part for part in match["all"].split(" and ") if " " not in part]
    return list(dict.fromkeys(found))


def _needs(text: str) -> Sequence[tuple[str, str]]:
    """Who needs what, as uv says it and does not conclude it."""
    pairs = [
        (match["who"], match["what"].rstrip(",."))
        for match in _DEPENDS.finditer(_CONCLUSION.sub("", text))
    ]
    return list(dict.fromkeys(pairs))


def _package(requirement: str) -> str:
    return re.split(r"[=<>!~\[]", requirement)[0].lower()
