"""A category of many rows is far more than its dataset, once each row has its own copy."""

import subprocess
import sys

import pytest

#: Says by how many MiB the peak of memory grows while a dataset is written that has 4 MiB, and 240
#: MiB written out.
_PROBE = """
import io, re, sys
from pathlib import Path
import pyarrow as pa
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import FileFormat, write_dataset_to

class Nowhere(io.RawIOBase):
    written = 0
    def writable(self):
        return True
    def write(self, content):
        self.written += len(content)
        return len(content)

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10

def dataset(size, rows):
    words = pa.array(["x" * size], pa.large_string())
    numbers = pa.array([0] * rows, pa.int32())
    column = pa.DictionaryArray.from_arrays(numbers, words)
    return Dataset(table=pa.table({"a": column, "b": range(rows)}))

chosen = FileFormat(sys.argv[1])
write_dataset_to(dataset(10, 2), Nowhere(), name="small", format=chosen)
sink, large, before = Nowhere(), dataset(4 << 20, 60), peak()
write_dataset_to(large, sink, name="large", format=chosen)
print(sink.written >> 20, peak() - before)
"""


@pytest.mark.parametrize("name", ["csv", "tsv", "json-lines", "arff"])
def test_what_is_written_out_is_written_in_pieces(name: str) -> None:
    said = subprocess.check_output([sys.executable, "-c", _PROBE, name], text=True)
    written, grown = map(int, said.split())
    assert written >= 240
    assert grown < 200
