import time
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.value_text import value_text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pa.array([None], pa.string()), None),
        (pa.array(["abc"]), "abc"),
        (pa.array(["x" * 100], pa.large_string()), "x" * 10),
        (pa.array(["é" * 100]), "é" * 10),
        (pa.array(["\U0001f600" * 100]), "\U0001f600" * 10),
        (pa.array(["x" * 100]).dictionary_encode(), "x" * 10),
        (pa.array([None], pa.dictionary(pa.int8(), pa.string())), None),
        (pa.array([b"x" * 2000]), "2,000 bytes"),
        (pa.array([b"x" * 2000], pa.large_binary()), "2,000 bytes"),
        (pa.array([1 / 3]), "0.333333"),
        (pa.array([7]), "7"),
        (pa.array([True]), "True"),
        (pa.array([568971820800], pa.timestamp("s")), "20000-01-01 00:00:00"),
    ],
)
def test_the_beginning_of_a_value(values: Any, text: str | None) -> None:
    assert value_text(values[0], characters=10) == text


def test_a_long_text_is_not_copied() -> None:
    value = pa.array(["x" * (256 << 20)])[0]
    before = time.process_time()
    assert value_text(value, characters=10) == "x" * 10
    assert time.process_time() - before < 0.01
