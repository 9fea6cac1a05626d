"""Real sealed memory files, as the host hands them to a run."""

import fcntl
import os
from collections.abc import Callable

import pyarrow as pa
import pytest

from studiolo_guest.frames.opening import InputFrame, open_frame
from studiolo_guest.frames.writing import write_batch


def _seal(batch: pa.RecordBatch) -> int:
    descriptor = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    write_batch(descriptor, batch)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def _open(batch: pa.RecordBatch) -> InputFrame:
    descriptor = _seal(batch)
    try:
        return open_frame([descriptor])
    finally:
        os.close(descriptor)


@pytest.fixture(scope="session")
def sealed() -> Callable[[pa.RecordBatch], int]:
    """Writes a batch to a sealed memory file and gives its descriptor, which the test closes."""
    return _seal


@pytest.fixture(scope="session")
def opened() -> Callable[[pa.RecordBatch], InputFrame]:
    """Opens a batch as an input of a script."""
    return _open
