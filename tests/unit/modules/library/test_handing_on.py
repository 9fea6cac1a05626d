"""The modules whose work is done by the host: they hand on a dataset."""

from collections.abc import Callable
from types import ModuleType

import pandas as pd
import pytest

Load = Callable[[str], ModuleType]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2]})


def test_what_comes_in_goes_out(load_module: Load, frame: pd.DataFrame) -> None:
    assert load_module("enter_data_manually").azureml_main(data=frame) is frame
    assert load_module("import_data").azureml_main(file=frame) is frame
    assert load_module("export_data").azureml_main(frame, file="a.csv") is frame
    assert load_module("convert_to_csv").azureml_main(frame) is frame


def test_an_export_needs_a_file(load_module: Load, frame: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="Name a file of the workspace"):
        load_module("export_data").azureml_main(frame, file=" ")


def test_the_template_of_a_script_prints_and_returns_its_first_dataset(
    load_module: Load, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    main = load_module("execute_python_script").azureml_main
    (returned,) = main(frame)
    assert returned is frame
    assert str(frame) in capsys.readouterr().out
    assert main() == (None,)
