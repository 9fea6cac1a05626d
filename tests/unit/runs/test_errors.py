from studiolo.runs.errors import DatasetUnsuitableError, ResultMissingError, RunFailedError


def test_a_failed_run_says_why_it_has_no_results() -> None:
    error = RunFailedError(failure_code="script-exception", message="division by zero")
    assert (error.code, error.failure_code) == ("run-failed", "script-exception")
    assert "division by zero" in str(error)


def test_an_empty_port_says_how_many_frames_came_back() -> None:
    one, none = (ResultMissingError(port="results_dataset2", returned=n) for n in (1, 0))
    assert "azureml_main returned one data frame" in str(one)
    assert "azureml_main returned 0 data frames" in str(none)


def test_an_unsuitable_dataset_says_what_would_do() -> None:
    error = DatasetUnsuitableError(port="dataset1", found="a list")
    assert str(error).startswith("dataset1 must be a path, a Dataset, a pyarrow Table")
    assert str(error).endswith("not a list.")
