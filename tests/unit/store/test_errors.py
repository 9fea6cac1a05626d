import errno
import os
from pathlib import Path

import pytest

from studiolo.store.errors import (
    RecordsFullError,
    RecordsReadOnlyError,
    RecordsUnusableError,
    RunAmbiguousError,
    RunUnknownError,
    StoreError,
    store_errors,
)

STORE = Path("/workspace/.studiolo")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, RecordsFullError),
        (errno.EDQUOT, RecordsFullError),
        (errno.EFBIG, RecordsFullError),
        (errno.EROFS, RecordsReadOnlyError),
        (errno.EACCES, RecordsReadOnlyError),
        (errno.EPERM, RecordsReadOnlyError),
        (errno.EIO, RecordsUnusableError),
        (errno.ENOTDIR, RecordsUnusableError),
    ],
)
def test_what_the_system_says_becomes_a_sentence(number: int, expected: type[StoreError]) -> None:
    cause = OSError(number, os.strerror(number))
    with (
        pytest.raises(expected, match=str(STORE)) as raised,
        store_errors(STORE, purpose="nothing can be kept in it"),
    ):
        raise cause
    assert raised.value.__cause__ is cause


def test_a_read_only_workspace_says_what_can_not_be_done() -> None:
    error = RecordsReadOnlyError(place=STORE, purpose="nothing can be recorded")
    assert str(error) == (
        'This process may not write to "/workspace/.studiolo", so nothing can be recorded. Make '
        "the folder writable for this user, or work on a copy of the workspace."
    )


def test_a_run_that_was_mistyped_is_guessed() -> None:
    recent = ["20250131-184502117-00aa00", "20241201-000000000-00bb00"]
    wrong = "20250131-184502117-00aa01"
    assert f'Did you mean "{recent[0]}"?' in str(RunUnknownError(run=wrong, recent=recent))
    assert f'The newest run is "{recent[0]}".' in str(RunUnknownError(run="x", recent=recent))
    assert "Nothing has been run" in str(RunUnknownError(run="x", recent=[]))


def test_not_all_of_many_runs_are_listed() -> None:
    error = RunAmbiguousError(run="2025", matches=[f"2025-{number}" for number in range(6)])
    assert '"2025-4" and more. Give more of the id.' in str(error)
    assert "2025-5" not in str(error)
