"""The return value of `azureml_main`, as the frames of the module's output ports."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from studiolo_guest.frames.errors import TooManyResultsError, UntranslatableReturnError
from studiolo_guest.frames.object_column import type_name

#: The Results Dataset, and the second frame that scripts of the Azure ML designer return.
MOST_RESULTS: Final = 2
_Log = Callable[[str], None]


def frames_returned(returned: object, *, log: _Log) -> list[pd.DataFrame]:
    """One or two frames: the Results Dataset first, then `results_dataset2` if there is one.

    A sequence (tuple, list, NumPy array of objects) holds one result an element, and trailing
    Nones do not count. Its elements are frames, or what is turned into one: Series, dicts and
    arrays. Scalars and dicts in a *list* are refused, because a list of numbers may be a column,
    a row or a mistake, and a list of dicts rows or results; alone, a scalar is a frame of one
    cell. A NumPy array of anything but frames is data.
    """
    if returned is None:
        log("azureml_main returned nothing: the Results Dataset is empty.")
        return [pd.DataFrame()]
    elements = _elements(returned, log)
    if elements is None:
        return [made_into_frame(returned, log)]
    while elements and elements[-1] is None:
        elements = elements[:-1]
    for element in elements[:MOST_RESULTS]:
        _refuse_ambiguous(element, returned)
    if len(elements) > MOST_RESULTS:
        raise TooManyResultsError(count=len(elements))
    if not elements or elements[0] is None:
        log("azureml_main returned no first frame: the Results Dataset is empty.")
    frames = [
        pd.DataFrame() if element is None else made_into_frame(element, log) for element in elements
    ]
    return frames or [pd.DataFrame()]


def _elements(returned: object, log: _Log) -> list[Any] | None:
    """The elements of a sequence of results, or None when the value is one result itself."""
    if isinstance(returned, (tuple, list)):
        return list(returned)
    if not isinstance(returned, np.ndarray):
        return None
    if returned.dtype == object and returned.ndim == 1 and _begins_with_frame(returned):
        return list(returned)
    if returned.ndim == 3:
        # What NumPy makes of `np.array([frame])`, the sequence that the classic manual names.
        log("NumPy turned the returned frames into numbers: their column names are lost.")
        return list(returned)
    return None


def _begins_with_frame(array: np.ndarray[Any, Any]) -> bool:
    first = next((element for element in array if element is not None), None)
    return isinstance(first, (pd.DataFrame, pd.Series)) or len(array) == 0 or first is None


def _refuse_ambiguous(element: object, returned: object) -> None:
    if element is None or isinstance(element, (pd.DataFrame, pd.Series, np.ndarray)):
        return
    if isinstance(element, Mapping) and not isinstance(returned, list):
        return
    holder, held = type_name(type(returned)), type_name(type(element))
    raise UntranslatableReturnError(
        found=f"a {holder} that holds a value of the type {held}",
        way_out=f"To return {_what(element)}, make a frame of them: `pandas.DataFrame(...)`.",
    )


def _what(element: object) -> str:
    if isinstance(element, Mapping):
        return "rows"
    return "values" if pd.api.types.is_scalar(element) else "objects"


def made_into_frame(value: object, log: _Log) -> pd.DataFrame:
    """One result as a frame: columns called ``column``, or ``column_0`` and so on."""
    if isinstance(value, pd.DataFrame):
        return value
    frame = _converted(value)
    log(f"azureml_main returned a value of the type {type_name(type(value))}: it becomes a frame.")
    return frame


def _converted(value: object) -> pd.DataFrame:
    if isinstance(value, pd.Series):
        return value.to_frame("column" if value.name is None else value.name)
    if isinstance(value, (pd.Index, pd.api.extensions.ExtensionArray)):
        return pd.DataFrame({"column": value})
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, np.ndarray):
        return _of_array(value)
    if pd.api.types.is_scalar(value):
        return pd.DataFrame({"column": [value]})
    raise UntranslatableReturnError(
        found=f"a value of the type {type_name(type(value))}", way_out=_way_out(value)
    )


def _of_mapping(columns: Mapping[Any, Any]) -> pd.DataFrame:
    if columns and all(pd.api.types.is_scalar(value) for value in columns.values()):
        return pd.DataFrame([dict(columns)])
    try:
        return pd.DataFrame(dict(columns))
    except ValueError as error:
        raise UntranslatableReturnError(
            found=f"a dict that is not a table ({error})",
            way_out="Give every column the same number of values.",
        ) from error


def _of_array(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    if array.ndim > 2:
        raise UntranslatableReturnError(
            found=f"an array of {array.ndim} dimensions",
            way_out="Reshape it to rows and columns: `array.reshape(len(array), -1)`.",
        )
    if array.dtype.names is not None:
        return pd.DataFrame.from_records(np.atleast_1d(array))
    if array.ndim < 2:
        return pd.DataFrame({"column": np.atleast_1d(array)})
    return pd.DataFrame(array, columns=[f"column_{number}" for number in range(array.shape[1])])


def _way_out(value: object) -> str:
    if hasattr(value, "to_pandas"):
        return "Convert it: `return value.to_pandas(),`."
    if hasattr(value, "toarray"):
        return "Convert it: `return pandas.DataFrame(value.toarray()),`."
    return (
        "A model or another object travels as bytes: "
        "`return pandas.DataFrame({'model': [pickle.dumps(value)]}),`."
    )
