"""How much memory and processor time the reading of one dataset file may take."""

import os
from dataclasses import dataclass
from typing import Final

from studiolo.datasets.errors import DatasetLimitError, SparseTableError
from studiolo.quantities import parse_duration, parse_size

#: The environment variables that set the limits for every file.
MEMORY_SETTING: Final = "STUDIOLO_DATASET_MEMORY"
SECONDS_SETTING: Final = "STUDIOLO_DATASET_SECONDS"

_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
# A small file may hold a large table, as compressed zeros do; a large file is there because
# its user has that much data. So the limits grow with the file. Python's objects for a line of
# JSON or a row of Excel take up to fifty times its text.
_LEAST_MEMORY: Final = 2 * _GIB
_MEMORY_PER_BYTE: Final = 64
_LEAST_SECONDS: Final = 30
_SECONDS_PER_MIB: Final = 5
#: Cells of a table that is made of a sparse file: those that any file may have, and those for each
#: value in it.
_LEAST_CELLS: Final = 1 << 24
_CELLS_PER_VALUE: Final = 64
#: Of this machine's memory, what the reading of one file may take.
_SHARE: Final = 2


@dataclass(frozen=True, kw_only=True)
class ReadingLimits:
    """The memory and the time that reading one file may take."""

    #: Bytes.
    memory: int
    #: Seconds of processor time.
    seconds: int


def limits_for(size: int) -> ReadingLimits:
    """The limits for a file of so many bytes.

    Raises:
        DatasetLimitError: An environment variable that sets a limit is not a size or a number.
    """
    memory = _set_memory()
    seconds = _set_seconds()
    if memory is None:
        memory = min(_LEAST_MEMORY + _MEMORY_PER_BYTE * size, _memory_of_machine() // _SHARE)
    if seconds is None:
        seconds = _LEAST_SECONDS + _SECONDS_PER_MIB * size // _MIB
    return ReadingLimits(memory=memory, seconds=seconds)


def check_cells(*, rows: int, columns: int, values: int, file: str) -> None:
    """Refuse a sparse file whose table would be far larger than its content.

    Raises:
        SparseTableError: It has so many rows and columns that nearly all of it would be filled in.
    """
    allowed = max(_LEAST_CELLS, _CELLS_PER_VALUE * values)
    if rows * columns > allowed:
        raise SparseTableError(
            file=file, rows=rows, columns=columns, values=values, allowed=allowed
        )


def _set_memory() -> int | None:
    word = os.environ.get(MEMORY_SETTING)
    if not word:
        return None
    try:
        size = parse_size(word)
    except ValueError:
        size = 0
    # A number without a unit is a slip: nothing can be read in so many bytes.
    if size < _MIB:
        raise DatasetLimitError(setting=MEMORY_SETTING, value=word, allowed="a size such as 8GiB")
    return size


def _set_seconds() -> int | None:
    word = os.environ.get(SECONDS_SETTING)
    if not word:
        return None
    try:
        return parse_duration(word)
    except ValueError as error:
        raise DatasetLimitError(
            setting=SECONDS_SETTING, value=word, allowed="seconds such as 600, or 90s, 10m, 2h"
        ) from error


def _memory_of_machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
