"""Results as no guest of ours writes them: the host believes nothing of what comes back."""

# ruff: noqa: E501  # one line of a hostile script stays one line
import pytest

from studiolo.sandbox.exchange.job import Status
from studiolo.sandbox.policy.isolation import Level

from .places import LIMITS, PREAMBLE, Here, answer_of, assert_works

#: Descriptors of the run: its own socket, the report and the two results.
FORGING = """
def files():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        target = tried(os.readlink, f"/proc/self/fd/{name}")
        if target.startswith("/memfd:"):
            found[target.split(":")[1].split()[0]] = int(name)
        elif target.startswith("socket:"):
            found["link"] = int(name)
    return found
def write(name, content):
    descriptor = files()[name]
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
def stream(table, **options):
    import pyarrow as pa
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        if table.num_columns or table.num_rows:
            writer.write_table(table)
        else:
            writer.write_batch(pa.RecordBatch.from_arrays([], names=[]))
    return sink.getvalue().to_pybytes()
GOOD = dict(status="succeeded", outputs=[dict(rows=1, references=[])], error=None, log=[], seconds={})
def done(report=GOOD, **results):
    write("report", report if isinstance(report, bytes) else json.dumps(report).encode())
    for name, content in results.items():
        write(name, content)
    os.write(files()["link"], b"{}")
    time.sleep(60)
"""
INVALID = {
    "no result": "done()",
    "garbage": "done(results_dataset=b'garbage' * 100)",
    "a file that is no stream": "done(results_dataset=b'ARROW1' + bytes(100))",
    "a length of two gigabytes": "done(results_dataset=b'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x7f')",
    "a negative length": "done(results_dataset=b'\\xff\\xff\\xff\\xff\\x00\\x00\\x00\\x80')",
    "compressed": "done(results_dataset=stream(pa.table({'a': [0] * 9999}), compression='zstd'))",
    "compressed by lz4": "done(results_dataset=stream(pa.table({'a': [0] * 9999}), compression='lz4'))",
    "a list": "done(results_dataset=stream(pa.table({'a': [[1]]})))",
    "a struct": "done(results_dataset=stream(pa.table({'a': [{'b': 1}]})))",
    "a map": "done(results_dataset=stream(pa.table({'a': pa.array([[(1, 2)]], pa.map_(pa.int8(), pa.int8()))})))",
    "a union": """done(results_dataset=stream(pa.table({'a': pa.UnionArray.from_sparse(
        pa.array([0], pa.int8()), [pa.array([1])])})))""",
    "runs": """done(results_dataset=stream(pa.table({'a': pa.RunEndEncodedArray.from_arrays(
        [1], ['x'])})))""",
    "views of text": "done(results_dataset=stream(pa.table({'a': pa.array(['x'], pa.string_view())})))",
    "an extension": "done(results_dataset=stream(pa.table({'a': pa.array([bytes(16)], pa.uuid())})))",
    "dictionaries in dictionaries": """done(results_dataset=stream(pa.table({
        'a': pa.DictionaryArray.from_arrays([0], pa.array([[1]]))})))""",
    "no zone of this world": "done(results_dataset=stream(pa.table({'a': pa.array([0], pa.timestamp('s', '../../x'))})))",
    "metadata": "done(results_dataset=stream(pa.table({'a': [1]}).replace_schema_metadata({'a': 'b'})))",
    "two batches": """done(results_dataset=stream(pa.Table.from_batches(
        [pa.record_batch({'a': [1]}), pa.record_batch({'a': [2]})])))""",
    "a name twice": """done(results_dataset=stream(pa.Table.from_arrays(
        [pa.array([1]), pa.array([2])], names=['a', 'a'])))""",
    "an empty name": "done(results_dataset=stream(pa.table({'': [1]})))",
    "a name that is no text": """done(results_dataset=stream(pa.table({'abcdefgh': [1]})).replace(
        b'abcdefgh', b'\\xff\\xfe\\xfd\\xfc\\xfb\\xfa\\xf9\\xf8'))""",
    "text that is no text": """done(results_dataset=stream(pa.table({'a': ['abcdefgh']})).replace(
        b'abcdefgh', b'\\xff' * 8))""",
    "offsets beyond the end": """done(results_dataset=stream(pa.table({'a': ['x' * 0x1234]})).replace(
        struct.pack('<ii', 0, 0x1234), struct.pack('<ii', 0, 0x7ffffff0)))""",
    "offsets that go back": """done(results_dataset=stream(pa.table({'a': ['x' * 0x1234, 'y']})).replace(
        struct.pack('<iii', 0, 0x1234, 0x1235), struct.pack('<iii', 0x1234, 0, 0x1235)))""",
    "an index beyond the dictionary": """done(results_dataset=stream(pa.table({'a':
        pa.DictionaryArray.from_arrays(pa.array([0x1234] + [0] * 0x1234, pa.int32()),
        [str(n) for n in range(0x1235)])})).replace(
        struct.pack('<ii', 0x1234, 0), struct.pack('<ii', 0x12345678, 0)))""",
    "rows without columns": """done(results_dataset=stream(pa.table({'a': [1] * 0x1234}).select([])
        ).replace(struct.pack('<q', 0x1234), struct.pack('<q', 1 << 60)))""",
    "cut off": "done(results_dataset=stream(pa.table({'a': [1] * 999}))[:-900])",
    "no report": "done(report=b'', results_dataset=stream(pa.table({'a': [1]})))",
    "a report that is no JSON": "done(report=b'\\xff\\xfe{')",
    "a report that is a list": "done(report=[])",
    "a report in a million lists": "done(report=b'[' * (8 << 20))",
    "a report of 40 MB": """done(report=b'{"log": [' + b'1,' * (20 << 20) + b'1]}')""",
    "a number of a million digits": """done(report=b'{"seconds": {"a": ' + b'9' * 10**6 + b'}}')""",
    "neither result nor error": "done(report=dict(GOOD, outputs=[]))",
    "rows that are no number": "done(report=dict(GOOD, outputs=[dict(rows='1', references=[])]))",
    "rows below nothing": "done(report=dict(GOOD, outputs=[dict(rows=-1, references=[])]))",
    "a time that is no number": "done(report=dict(GOOD, seconds=dict(a=float('nan'))))",
    "a time too large": "done(report=dict(GOOD, seconds=dict(a=10**400)))",
    "a log that is no list": "done(report=dict(GOOD, log='text'))",
    "an error without frames": "done(report=dict(GOOD, error=dict(code='x')))",
}
REFERENCES = {
    "to no input": [[0, "a", 7, 0]],
    "to no column": [[0, "a", 0, 7]],
    "far beyond the end": [[5, "a", 0, 0]],
    "to a very large number": [[0, "a", 0, 1 << 62]],
    "below nothing": [[0, "a", -1, 0]],
    "of three parts": [[0, "a", 0]],
    "with a name twice": [[0, "a", 0, 0], [1, "a", 0, 0]],
    "in the same place": [[0, "a", 0, 0], [0, "b", 0, 0]],
    "with an empty name": [[0, "", 0, 0]],
    "with half of a surrogate pair": [[0, "\ud800", 0, 0]],
    "of another length": [[0, "a", 0, 0], [0, "b", 1, 0]],
    "that are no list": {"0": 1},
}


def run(full: Here, script: str) -> None:
    outcome = full.run(
        f"{PREAMBLE}{FORGING}import pyarrow as pa\nimport struct\n"
        f"def attack(*frames):\n    {script}\n",
    )
    assert outcome.failure is not None, outcome
    assert outcome.failure.code == "result-invalid", (outcome.failure, outcome.device.console)
    assert outcome.tables == {}
    assert_works(full)


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_result_is_refused(name: str, full: Here) -> None:
    run(full, INVALID[name])


@pytest.mark.parametrize("name", REFERENCES)
def test_an_invalid_reference_is_refused(name: str, full: Here) -> None:
    import pyarrow as pa

    outputs = [{"rows": 2, "references": REFERENCES[name]}]
    script = (
        f"{PREAMBLE}{FORGING}import pyarrow as pa\ndef attack(*frames):\n"
        f"    done(dict(GOOD, outputs={outputs!r}), results_dataset=stream(pa.table({{}})))\n"
    )
    inputs = {"dataset1": pa.table({"a": [1, 2]}), "dataset2": pa.table({"a": [1, 2, 3]})}
    outcome = full.run(script, inputs=inputs)
    assert outcome.failure is not None, outcome
    assert outcome.failure.code == "result-invalid", (outcome.failure, outcome.device.console)
    assert_works(full)


def test_a_forged_result_is_the_scripts_own(full: Here) -> None:
    script = f"""{PREAMBLE}{FORGING}
import pyarrow as pa
def attack():
    report = dict(GOOD, log=["\\ud800 said"], seconds=dict(call=1e9), isolation="off", extra=[1])
    done(report, results_dataset=stream(pa.table({{"a": [7]}})))
"""
    outcome = full.run(script)
    # Attacks 30 and 34: a script can say what it likes of itself, and of nothing else.
    assert outcome.failure is None, outcome.failure
    assert outcome.tables["results_dataset"].to_pydict() == {"a": [7]}
    assert list(outcome.log) == ["? said"]
    assert outcome.isolation.level is Level.FULL
    assert outcome.timings.total < 10
    assert_works(full)


def test_a_changed_runner_changes_one_run(full: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    from studiolo_guest.contract import script
    script.run = None
    json.dumps = lambda *_, **__: '{{}}'
    pd.DataFrame = None
    return 1
"""
    outcome = full.run(script)
    assert outcome.status is Status.FAILED
    assert_works(full)


def test_a_result_kept_mapped_cannot_change_afterwards(full: Here) -> None:
    # Attack 31, and "done" while another process keeps writing.
    script = f"""{PREAMBLE}{FORGING}
import mmap
import pyarrow as pa
def attack():
    content = stream(pa.table({{"a": [0x1111111111111111] * 1000}}))
    write("results_dataset", content)
    mapped = mmap.mmap(files()["results_dataset"], len(content))
    place = content.index(bytes([0x11]) * 8)
    if os.fork() == 0:
        while True:
            for byte in (0x11, 0x22):
                mapped[place:place + 8000] = bytes([byte]) * 8000
    write("report", json.dumps(GOOD).encode())
    os.write(files()["link"], b"{{}}")
    time.sleep(60)
"""
    outcome = full.run(script)
    assert outcome.failure is None, outcome.failure
    first = outcome.tables["results_dataset"]["a"].to_pylist()
    assert set(first) <= {0x1111111111111111, 0x2222222222222222}
    assert outcome.tables["results_dataset"]["a"].to_pylist() == first
    assert_works(full)


def test_inputs_cannot_be_changed(full: Here) -> None:
    # Attack 38.
    import pyarrow as pa

    script = f"""{PREAMBLE}{FORGING}
import mmap
def attack(frame):
    given = files()["dataset"]
    frame["a"] = 0
    return [tried(os.pwrite, given, b"x", 0), tried(os.ftruncate, given, 0),
            tried(mmap.mmap, given, 100), bool(frame.a.sum() == 0)]
"""
    table = pa.table({"a": [1.0, 2.0, 3.0]})
    outcome = full.run(script, inputs={"dataset1": table})
    assert answer_of(outcome) == ["EPERM", "EPERM", "EPERM", True]
    assert table.to_pydict() == {"a": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    "script",
    [
        "os.closerange(0, 64)",
        "os.closerange(3, 64); time.sleep(60)",
        "os.write(files()['link'], b'')",
        "os.write(files()['link'], bytes(60000))",
        "socket.socket(fileno=os.dup(files()['link'])).shutdown(2); time.sleep(60)",
        "socket.send_fds(socket.socket(fileno=files()['link']), [b'x'], list(range(3)) * 80)",
        """[os.write(files()['link'], b'{"refused": 1}') for _ in range(1000)]""",
        """os.write(files()['link'], b'{"refused": "' + b'x' * 50000 + b'"}'); time.sleep(60)""",
        "os.write(files()['link'], b'[' * 60000); time.sleep(60)",
    ],
)
def test_a_tampered_socket_is_a_failure_of_the_script(script: str, full: Here) -> None:
    outcome = full.run(f"{PREAMBLE}{FORGING}def attack():\n    {script}\n    time.sleep(60)\n")
    assert outcome.failure is not None
    assert outcome.failure.code in {
        "result-invalid", "ended-without-result", "killed", "script-exception", "not-confined"
    }  # fmt: skip
    assert outcome.timings.run < 10
    assert_works(full)


def test_a_second_message_is_not_read(full: Here) -> None:
    script = f"""{PREAMBLE}{FORGING}
def attack():
    link = socket.socket(fileno=os.dup(files()["link"]))
    link.setblocking(False)
    tried(lambda: [link.send(b"x" * 100) for _ in range(10_000)])
    time.sleep(60)
"""
    outcome = full.run(script, limits=LIMITS)
    assert outcome.failure is not None
    assert outcome.failure.code == "result-invalid"
    assert_works(full)
