"""The readers of the formats are tested in this process, which takes a hundredth of the time."""

from collections.abc import Iterator

import pytest

from studiolo.datasets.reading import files


@pytest.fixture(autouse=True, scope="module")
def read_in_this_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "is_confined", lambda *_: False)
        yield
