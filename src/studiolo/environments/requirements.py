"""The packages and the Python versions that a script asks for, read strictly."""

import functools
import re
from collections.abc import Sequence

from studiolo.environments.errors import DependencyRefusedError

# Scripts are not trusted, and uv reads more into a line than PEP 508 has: variables ("${HOME}"),
# comments, options ("--index-url"), paths and addresses. None of them can be written with these.
_ALLOWED = re.compile(r"[A-Za-z0-9_.*+!()\[\],;'\"<>=~ -]*")
# uv takes a name with such an ending for a file of this machine.
_ARCHIVE = re.compile(r"\.(whl|egg|zip|tar(\.[a-z0-9]+)?|t[bglx]z2?)$", re.IGNORECASE)


def checked(dependencies: Sequence[str]) -> list[str]:
    """The dependencies, each once and in order, so that two ways to list them are one.

    Raises:
        DependencyRefusedError: One names more than packages, extras, versions and a marker.
    """
    return sorted({_checked(dependency) for dependency in dependencies})


def version_in_range(version: tuple[int, ...], versions: str) -> bool:
    """Whether a release is in a range, such as ">=3.11,<3.14" (PEP 440).

    Raises:
        ValueError: The text is not such a range; the message is its offending part.
    """
    clauses = [clause.strip() for clause in versions.split(",") if clause.strip()]
    release = ".".join(map(str, version))
    # Every clause is looked at, so that a mistake is found whichever comes first.
    return all([_contains(clause, release) for clause in clauses])  # noqa: C419


# Each run of a script asks for the same ones.
@functools.lru_cache(maxsize=256)
def _checked(dependency: str) -> str:
    # Only here: loading it takes longer than everything else that a script without requirements
    # needs of this room.
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415

    plain = " ".join(dependency.split())
    if _ALLOWED.fullmatch(plain) is None or "--" in plain:
        raise DependencyRefusedError(dependency=dependency)
    try:
        requirement = Requirement(plain)
    except (InvalidRequirement, RecursionError) as error:
        raise DependencyRefusedError(dependency=dependency) from error
    if requirement.url is not None or _ARCHIVE.search(requirement.name):
        raise DependencyRefusedError(dependency=dependency)
    return plain


def _contains(clause: str, release: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, Specifier  # noqa: PLC0415  # likewise

    try:
        return Specifier(clause).contains(release)
    except InvalidSpecifier as error:
        raise ValueError(clause) from error
