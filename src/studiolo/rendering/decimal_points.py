"""The decimal points of a column of floats, one below the other."""

from collections.abc import Sequence


def missing_places(numbers: Sequence[str]) -> list[int]:
    """How many places each number lacks at its end for the points to be below each other."""
    ends = [len(number) - _point(number) for number in numbers]
    return [max(ends) - end for end in ends]


def has_point(number: str) -> bool:
    """Whether something follows the place of its decimal point."""
    return _point(number) < len(number)


def _point(number: str) -> int:
    """Where its decimal point is, or would be."""
    return min((place for sign in ".e" if (place := number.find(sign)) >= 0), default=len(number))
