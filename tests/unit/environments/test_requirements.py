import pytest

from studiolo.environments.requirements import checked, version_in_range


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ("", True),
        (">=3.11", True),
        (">=3.11.7,<4", True),
        (">=3.11.8", False),
        ("<3.11", False),
        ("<3.12 , !=3.11.6", True),
        ("!=3.11.*", False),
        ("!=3.1.*", True),
        ("==3.11.*", True),
        ("==3.1.*", False),
        ("==3.11", False),  # as PEP 440 has it: 3.11 is 3.11.0
        ("===3.11.7", True),
        ("==3.11.7.0", True),
        (">3.11.7", False),
        ("<=3.11.7", True),
        ("~=3.11", True),
        ("~=3.10", True),
        ("~=3.11.2", True),
        ("~=3.10.2", False),
        ("~=3.11.8", False),
    ],
)
def test_known_ranges(versions: str, expected: bool) -> None:
    assert version_in_range((3, 11, 7), versions) is expected


@pytest.mark.parametrize(
    ("versions", "part"),
    [
        ("3.11", "3.11"),
        (">=3.11,<x", "<x"),
        (">=3.*", ">=3.*"),
        ("~=3", "~=3"),
        (">=3.11 <4", ">=3.11 <4"),
        ("<3, oops", "oops"),
    ],
)
def test_mistakes_are_named(versions: str, part: str) -> None:
    with pytest.raises(ValueError) as caught:
        version_in_range((3, 11, 7), versions)
    assert str(caught.value) == part


def test_two_ways_to_list_the_same_are_one() -> None:
    once = ["Six", "humanize[extra]>=4, <5; python_version > '3'"]
    assert checked(["humanize[extra]>=4,  <5; python_version > '3'", "Six", "Six"]) == sorted(once)
