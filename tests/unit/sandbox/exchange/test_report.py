import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.datasets.dataset import ColumnRole
from studiolo.sandbox.exchange.checked_json import ReportError
from studiolo.sandbox.exchange.failures import FAILURE_CODES, KNOWN_TO_GUEST
from studiolo.sandbox.exchange.report import ColumnReference, Report, read_report

OUTPUT = {"rows": 2, "references": [[0, "a", 1, 2]]}
GOOD: dict[str, Any] = {
    "status": "succeeded",
    "outputs": [OUTPUT],
    "error": None,
    "log": ["a line"],
    "seconds": {"call": 0.5, "open": 1},
}
ERROR: dict[str, Any] = {
    "code": "script-exception",
    "type": "ValueError",
    "message": "no",
    "traceback": "Traceback",
    "frames": [{"file": "script.py", "line": 3, "function": "f", "source": "x"}],
}


def read(**changes: Any) -> Report:
    return read_report(json.dumps({**GOOD, **changes}).encode())


def test_a_report_is_read() -> None:
    report = read()
    (output,) = report.outputs
    assert output is not None
    assert output.rows == 2
    assert output.references == [ColumnReference(position=0, name="a", input=1, column=2)]
    assert report.log == ["a line"]
    assert report.phases == {"call": 0.5, "open": 1.0}
    assert report.failure is None


def test_an_output_may_be_empty_and_columns_may_have_roles() -> None:
    first, second = read(outputs=[None, {**OUTPUT, "roles": {"a": "label"}}]).outputs
    assert first is None
    assert second is not None
    assert second.roles == {"a": ColumnRole.LABEL}


def test_a_failure_is_read() -> None:
    failure = read(outputs=[], error=ERROR).failure
    assert failure is not None
    assert (failure.code, failure.classic_number) == ("script-exception", 85)
    assert failure.frames[0].line == 3


@pytest.mark.parametrize("code", sorted(FAILURE_CODES.keys() - KNOWN_TO_GUEST))
def test_a_guest_cannot_say_what_only_the_host_sees(code: str) -> None:
    failure = read(outputs=[], error={**ERROR, "code": code}).failure
    assert failure is not None
    assert failure.code == "script-exception"


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": {}},
        {"outputs": [7]},
        {"outputs": [{**OUTPUT, "roles": []}]},
        {"outputs": [{**OUTPUT, "roles": {"a": "king"}}]},
        {"outputs": [{**OUTPUT, "roles": {"a": 1}}]},
        {"outputs": [{"rows": True, "references": []}]},
        {"outputs": [{"rows": 1 << 63, "references": []}]},
        {"outputs": [{"rows": 1, "references": [[0, "a", 0]]}]},
        {"outputs": [{"rows": 1, "references": [[0, 1, 0, 0]]}]},
        {"outputs": [{"rows": 1, "references": [[0, "\ud800", 0, 0]]}]},
        {"outputs": [{"rows": 1, "references": [[0, "x" * 100_000, 0, 0]]}]},
        {"outputs": [{"rows": 1, "references": [[-1, "a", 0, 0]]}]},
        {"log": "text"},
        {"log": [1]},
        {"seconds": {"a": True}},
        {"seconds": {"a": "1"}},
        {"seconds": {"a": float("inf")}},
        {"seconds": {"a": 10**400}},
        {"error": "text"},
        {"error": {**ERROR, "frames": None}},
        {"error": {**ERROR, "message": 7}},
    ],
    ids=str,
)
def test_a_report_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ReportError):
        read(**changes)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"1", b"\xff\xfe", b"[" * 100_000, b"9" * 100_000, b'"\\ud800"']
)
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(ReportError):
        read_report(content)


@pytest.mark.parametrize("part", [b"[],", b"1,", b'{"":{}},', b'"\\"",'])
def test_a_report_of_many_values_takes_little_memory(part: bytes) -> None:
    content = b"[" + part * ((16 << 20) // len(part)) + b"0]"
    tracemalloc.start()
    try:
        with pytest.raises(ReportError, match="more values"):
            read_report(content)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_marks_in_texts_are_no_values() -> None:
    report = read(log=["[,{" * 15_000] * 100 + ['\\"'])
    assert len(report.log) == 101


def test_texts_are_bounded_and_can_be_written() -> None:
    report = read(
        log=["x" * 100_000, "\ud800"] + ["y"] * 1000, seconds={str(n): 1 for n in range(99)}
    )
    assert len(report.log) == 200
    assert len(report.log[0]) == 50_000
    assert report.log[1].encode() == b"?"
    assert len(report.phases) <= 20


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(key=st.sampled_from(sorted(GOOD)), value=_JSON)
def test_any_value_is_read_or_refused(key: str, value: Any) -> None:
    try:
        report = read(**{key: value})
    except ReportError:
        return
    # A program may have no output at all.
    assert all(output is None or output.rows >= 0 for output in report.outputs)


@given(key=st.sampled_from(sorted(ERROR)), value=_JSON)
def test_any_error_is_read_or_refused(key: str, value: Any) -> None:
    try:
        report = read(error={**ERROR, key: value})
    except ReportError:
        return
    assert report.failure is not None
    assert report.failure.code in KNOWN_TO_GUEST


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(ReportError):
        read_report(content)
