"""A server has no use for pandas, which takes a quarter of a second and 60 MB to load."""

import subprocess
import sys

PROGRAM = """
import sys
from studiolo.datasets.reading.without_pandas import leave_pandas_out

leave_pandas_out()
import pyarrow as pa
from studiolo.datasets.dataset import Dataset
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.negotiation import PLAIN_JSON, TABLES, classic_json
from studiolo.services.schema import ServiceSchema, port_schema
from studiolo.services.scoring import ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

table = pa.table({
    "float": pa.array([1.5]), "integer": pa.array([1]), "boolean": pa.array([True]),
    "text": pa.array(["x"], pa.large_string()), "bytes": pa.array([b"x"], pa.large_binary()),
    "category": pa.array(["x"], pa.large_string()).dictionary_encode(),
    "date": pa.array([1], pa.date32()), "duration": pa.array([1], pa.duration("ns")),
    "time": pa.array([1], pa.timestamp("ns")), "instant": pa.array([1], pa.timestamp("ns", "UTC")),
})
port = port_schema(Dataset(table=table))
check = Validator(ServiceSchema(inputs={"input1": port}, outputs={"output1": port}))
limits = RequestLimits()
for codec in (PLAIN_JSON, classic_json(swagger=True, details=False), *TABLES):
    if codec.media_type == "text/csv":
        table = table.drop_columns(["bytes"])
        port = port_schema(Dataset(table=table))
        check = Validator(ServiceSchema(inputs={"input1": port}))
    body = codec.encode(ScoringReply(outputs={"output1": table}), limits)
    for name, inner in ((b"outputs", b"inputs"), (b"Results", b"Inputs"), (b"output1", b"input1")):
        body = body if codec in TABLES else body.replace(name, inner)
    read = codec.decode(body, {}, check, limits)
    assert isinstance(read, ScoringRequest), (codec.media_type, read)
    assert read.inputs["input1"].equals(table.cast(read.inputs["input1"].schema)), codec.media_type
assert "pandas" not in sys.modules
"""


def test_no_codec_needs_pandas() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
