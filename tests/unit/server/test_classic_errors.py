import json
from typing import Any

import pytest

from studiolo.sandbox.exchange.failures import FAILURE_CODES, failure
from studiolo.server.http.classic_error_table import DETAILS
from studiolo.server.http.classic_errors import (
    ClassicError,
    classic_error,
    error_of_failed,
    error_of_refused,
)
from studiolo.services.scoring import ProblemCode, RequestProblem, RequestRefused, ScoringFailed

TRACEBACK = 'Traceback (most recent call last):\n  File "script.py", line 3'


def body(error: ClassicError) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(error.body())
    return said


def failed(code: str, said: str = "it broke") -> ClassicError:
    lost = failure(code, said, exception_type="ValueError", traceback=TRACEBACK)
    return error_of_failed(
        ScoringFailed(failure=lost, node="Execute Python Script RRS"), memory=1 << 30
    )


def test_a_cell_that_does_not_fit_is_a_bad_user_argument() -> None:
    problem = RequestProblem(
        code=ProblemCode.INPUT_PARSE,
        message='Row 2, column "age": expected a whole number, found "x".',
        target="input1",
        row=2,
        column="age",
    )
    error = error_of_refused(RequestRefused(problems=[problem]))
    assert error.status == 400
    assert body(error) == {
        "error": {
            "code": "BadUserArgument",
            "message": "Invalid user argument provided.",
            "details": [
                {
                    "code": "InputParseError",
                    "target": "input1",
                    "message": "Parsing of input vector failed. Verify the input vector has the "
                    "correct number of columns and data types. Additional details: Row 2, column "
                    '"age": expected a whole number, found "x".',
                }
            ],
        }
    }


def test_each_problem_is_a_detail() -> None:
    problems = [
        RequestProblem(code=ProblemCode.UNEXPECTED_PARAMETER, message="One.", target="x{0}"),
        RequestProblem(code=ProblemCode.INVALID_INPUT_NAMES, message="Two.", target="in{put}"),
    ]
    error = error_of_refused(RequestRefused(problems=problems))
    assert error.code == "BadUserArgument"
    assert [(detail.code, detail.target) for detail in error.details] == [
        ("UnexpectedParameter", "x{0}"),
        ("InvalidInputNames", "in{put}"),
    ]
    assert "specified in the request: in{put}." in error.details[1].message


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_a_class_a_status_and_a_message(code: ProblemCode) -> None:
    problem = RequestProblem(code=code, message="What is wrong.", target="t")
    error = error_of_refused(RequestRefused(problems=[problem]))
    assert 400 <= error.status < 500
    assert error.message
    (detail,) = error.details
    assert detail.message.endswith("What is wrong.")
    assert "{" not in detail.message


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ProblemCode.REQUEST_TOO_LARGE, 413),
        (ProblemCode.MEDIA_TYPE_UNSUPPORTED, 415),
        (ProblemCode.REPLY_NOT_ACCEPTABLE, 406),
    ],
)
def test_what_the_classic_services_had_no_word_for_has_a_status_of_its_own(
    code: ProblemCode, status: int
) -> None:
    problem = RequestProblem(code=code, message="What is wrong.")
    assert error_of_refused(RequestRefused(problems=[problem])).status == status


def test_an_exception_of_a_script_is_error_85_without_its_traceback() -> None:
    error = failed("script-exception", "no such city")
    assert error.status == 400
    assert body(error) == {
        "error": {
            "code": "ModuleExecutionError",
            "message": "Module execution encountered an error.",
            "details": [
                {
                    "code": "85",
                    "target": "Execute Python Script RRS",
                    "message": "Error 0085: ValueError: no such city",
                }
            ],
        }
    }


@pytest.mark.parametrize(
    ("code", "status", "outer", "detail"),
    [
        ("timed-out", 408, "RequestTimeout", "ScoreRequestTimeout"),
        ("processor-time", 408, "RequestTimeout", "ScoreRequestTimeout"),
        ("cancelled", 408, "RequestTimeout", "RequestCanceled"),
        ("out-of-memory", 413, "MemoryQuotaViolation", "OutOfMemoryLimit"),
        ("result-too-large", 400, "ModuleExecutionError", "result-too-large"),
        ("module-failed", 400, "LibraryExecutionError", "1000"),
        ("column-missing", 400, "ModuleExecutionError", "1"),
        ("not-confined", 503, "ServiceUnavailable", "NoMoreResources"),
        ("environment-unusable", 500, "InternalError", "ModuleLoadFailed"),
        ("object-unreadable", 500, "InternalError", "ResourceLoadFailed"),
    ],
)
def test_other_failures_have_the_classic_words(
    code: str, status: int, outer: str, detail: str
) -> None:
    error = failed(code)
    assert (error.status, error.code, error.details[0].code) == (status, outer, detail)


@pytest.mark.parametrize("code", FAILURE_CODES)
def test_every_failure_has_a_detail_and_none_shows_a_traceback(code: str) -> None:
    error = failed(code)
    assert all(detail.message and detail.code for detail in error.details)
    assert error.details
    assert b"Traceback" not in error.body()


def test_too_much_memory_says_how_much_there_is() -> None:
    assert (
        "Maximum allowed memory for the model is 1024 MB."
        in failed("out-of-memory").details[0].message
    )


def test_every_word_of_the_table_makes_an_error() -> None:
    for code in DETAILS:
        error = classic_error(code, "one", "two")
        assert error.status >= 400
        assert error.details[0].message


def test_a_throttled_request_names_the_endpoint() -> None:
    error = classic_error("RequestThrottled", "default", 20)
    assert error.status == 503
    assert error.details[0].message == (
        "Request was throttled for default endpoint. The maximum concurrency for the endpoint is "
        "20."
    )
