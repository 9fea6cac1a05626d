"""The code that exported programs take from Studiolo: read as text and copied, never imported.

An exported program holds those of the definitions below that it needs, and nothing of Studiolo.
Each is as short as it can be while it does what the sandbox does to what runs in it.
"""

import argparse
import contextlib
import copy
import importlib
import inspect
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import cloudpickle
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

#: What stands for a missing value in a text file, except in a column of text.
MISSING = ["", "NA", "N/A", "null", "NULL", "NaN", "nan"]
#: How an Arrow column that may have missing values becomes one of pandas.
NULLABLE: dict[pa.DataType, Any] = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def read_csv(
    path: Path,
    dtypes: dict[str, Any],
    *,
    sep: str = ",",
    decimal: str = ".",
    encoding: str = "utf-8-sig",
    header: bool = True,
    empty_texts: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Read delimited text as columns of these names and types.

    In a column of text an empty field is missing; in one of ``empty_texts`` it is an empty text.
    """
    dates = {name: dtype for name, dtype in dtypes.items() if str(dtype).startswith("datetime")}
    missing = {name: [""] if dtype == "str" else MISSING for name, dtype in dtypes.items()}
    one = len(dtypes) == 1
    text = path.read_bytes().decode(encoding).rstrip("\x1a")
    first, _, rest = text.partition("\n")
    if re.fullmatch(r'sep=[^\w"]\r?', first, re.IGNORECASE):
        # Excel's own line, which is not a row.
        sep, text = first[4], rest
    frame: pd.DataFrame = pd.read_csv(
        # Blank lines at the end of a file are not rows.
        io.StringIO(text.rstrip("\r\n") + "\n" if one else text),
        sep=sep,
        decimal=decimal,
        names=list(dtypes),
        header=0 if header else None,
        index_col=False,
        dtype={**dtypes, **dict.fromkeys(dates, "str")},
        na_values={**missing, **{name: [] for name in empty_texts}},
        keep_default_na=False,
        skipinitialspace=sep not in "\t ",
        # In a file of one column a blank line before them is a missing value.
        skip_blank_lines=not one,
    )
    return frame.astype(dates)


def read_lines(path: Path, *, encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Read plain text: one column, a line a row."""
    lines = path.read_text(encoding=encoding).split("\n")
    return pd.DataFrame({"Col1": lines if lines[-1] else lines[:-1]}, dtype="str")


def read_json_lines(
    path: Path, dtypes: dict[str, Any], *, encoding: str = "utf-8-sig"
) -> pd.DataFrame:
    """Read one JSON object a line as columns of these names and types."""
    lines = path.read_text(encoding=encoding).split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    columns = {name: [row.get(name) for row in rows] for name in dtypes}
    for name, dtype in dtypes.items():
        if dtype == "str":
            columns[name] = [
                value if value is None or isinstance(value, str) else json.dumps(value)
                for value in columns[name]
            ]
    return pd.DataFrame(columns, dtype=object).astype(dtypes)


def read_parquet(path: Path, dtypes: dict[str, Any]) -> pd.DataFrame:
    """Read a Parquet file, with the types that Arrow and pandas do not share given."""
    with pq.ParquetFile(path) as file:
        return from_arrow(file.read(), dtypes)


def read_arrow(path: Path, dtypes: dict[str, Any]) -> pd.DataFrame:
    """Read an Arrow or Feather file, with the types that Arrow and pandas do not share given."""
    with pa.ipc.open_file(path.read_bytes()) as file:
        return from_arrow(file.read_all(), dtypes)


def from_arrow(table: pa.Table, dtypes: dict[str, Any]) -> pd.DataFrame:
    """The table as a frame; whole numbers beside missing ones keep all of their digits."""
    frame: pd.DataFrame = table.to_pandas(
        ignore_metadata=True, date_as_object=False, types_mapper=NULLABLE.get
    )
    return frame.astype(dtypes)


def with_roles(frame: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
    """The frame, with the roles of its columns noted where modules look for them."""
    frame.attrs["roles"] = roles
    return frame


def with_floats(frame: Any) -> Any:
    """A copy of the frame with floats for whole numbers beside missing ones, if they hold them."""
    if frame is None:
        return None
    floats = {
        place: column.astype("float64")
        for place, (_, column) in enumerate(frame.items())
        if column.hasnans and pd.api.types.is_integer_dtype(column) and column.abs().max() <= 2**53
    }
    copied = pd.DataFrame(
        {place: floats.get(place, column) for place, (_, column) in enumerate(frame.items())},
        index=frame.index,
    )
    copied.columns = frame.columns
    copied.attrs = dict(frame.attrs)
    return copied


def without_floats(frame: pd.DataFrame, before: list[Any]) -> pd.DataFrame:
    """The frame with whole numbers again in columns that had them, and gaps, before."""
    columns = {
        name: column
        for given in before[::-1]
        if given is not None
        for name, column in given.items()
    }
    for name, column in frame.items():
        had = columns.get(name)
        if had is None or column.dtype != "float64":
            continue
        if had.hasnans and pd.api.types.is_integer_dtype(had):
            whole = column.dropna()
            if (whole == whole.round()).all() and whole.abs().max() <= 2**53:
                with contextlib.suppress(TypeError, ValueError):
                    frame[name] = column.astype(had.dtype)
    return frame


def dataset(value: Any, before: Any = ()) -> Any:
    """The value that a module returned for an output, as the next one gets it.

    The index is dropped, names are texts and unique, each column has a type
    that a dataset can have, and of what is noted about the frame only the columns' roles stay.
    ``before`` are the frames that the module was given with floats.
    """
    if isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    if value is None:
        return None
    frame = as_frame(value)
    given = frame.attrs.get("roles") or {}
    names = column_names(list(frame.columns))
    labels = zip(names, frame.columns, strict=True)
    roles = {
        name: given[label] for name, label in labels if given.get(label, "feature") != "feature"
    }
    columns = [plain_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    result = pd.DataFrame(
        {place: column.array for place, column in enumerate(columns)},
        index=pd.RangeIndex(len(frame)),
    )
    result.columns = pd.Index(names)
    result.attrs = {"roles": roles} if roles else {}
    return without_floats(result, list(before))


def all_outputs(returned: Any, count: int) -> list[Any]:
    """A value for each output of a module, None for those that it left empty."""
    values = list(returned) if isinstance(returned, tuple | list) else [returned]
    return values + [None] * (count - len(values))


def each_dataset(returned: Any, before: Any = ()) -> list[Any]:
    """The values that a module returned for its outputs, each of which is a dataset."""
    return [dataset(value, before) for value in returned]


def as_frame(value: Any) -> pd.DataFrame:
    """One returned value as a frame: columns called "column", or "column_0" and so on."""
    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return value.to_frame("column" if value.name is None else value.name)
    if isinstance(value, dict):
        single = value and all(map(pd.api.types.is_scalar, value.values()))
        return pd.DataFrame([value] if single else value)
    if isinstance(value, np.ndarray) and value.dtype.names is not None:
        return pd.DataFrame.from_records(np.atleast_1d(value))
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return pd.DataFrame(value, columns=[f"column_{place}" for place in range(value.shape[1])])
    if pd.api.types.is_scalar(value):
        return pd.DataFrame({"column": [value]})
    if isinstance(value, np.ndarray):
        return pd.DataFrame({"column": np.atleast_1d(value)})
    if isinstance(value, pd.Index | pd.api.extensions.ExtensionArray):
        return pd.DataFrame({"column": value})
    raise TypeError(f"azureml_main returned a value of the type {type(value).__name__}.")


def column_names(labels: list[Any]) -> list[str]:
    """The labels as texts, each one once: "a", "a (1)", "a (2)"; the third, if empty, is "Col3"."""
    texts = [
        "_".join(part for part in map(str, label) if part)
        if isinstance(label, tuple)
        else str(label)
        for label in labels
    ]
    taken = set(texts)

    def numbered(name: str) -> str:
        number = 1
        while f"{name} ({number})" in taken:
            number += 1
        return f"{name} ({number})"

    for place, text in enumerate(texts):
        if not text:
            name = f"Col{place + 1}"
            texts[place] = numbered(name) if name in taken else name
            taken.add(texts[place])
    seen: set[str] = set()
    for place, text in enumerate(texts):
        if text in seen:
            texts[place] = numbered(text)
            taken.add(texts[place])
        seen.add(texts[place])
    return texts


def plain_column(column: Any) -> Any:
    """The column in a type that a dataset can have; an index or objects tell nothing to others."""
    dtype = column.dtype
    if isinstance(dtype, pd.SparseDtype):
        return plain_column(pd.Series(np.asarray(column), name=column.name))
    if isinstance(dtype, pd.StringDtype):
        return column.astype("str")
    if isinstance(dtype, np.dtype):
        if dtype.kind == "c":
            raise TypeError(f"The column {column.name!r} holds complex numbers.")
        if dtype.kind == "f" and dtype.itemsize not in (4, 8):
            return column.astype("float32" if dtype.itemsize < 4 else "float64")
        return plain_objects(column) if dtype.kind in "OSUV" else column
    if isinstance(dtype, pd.CategoricalDtype | pd.DatetimeTZDtype):
        return column
    numpy_dtype = getattr(dtype, "numpy_dtype", None)
    if isinstance(dtype, pd.ArrowDtype) or numpy_dtype is None:
        return plain_objects(column.astype(object))
    # A type of pandas' own is needed only where a whole number or a boolean is missing.
    keeps = numpy_dtype.kind in "iub" and column.isna().any()
    return column if keeps else column.astype(numpy_dtype)


def plain_objects(column: Any) -> Any:
    """A column of objects in the type that all of them have; text where they differ."""
    present = column.dropna()
    if not present.map(pd.api.types.is_scalar).all():
        raise TypeError(
            f"The column {column.name!r} has values that are not numbers, texts or dates."
        )
    kind = pd.api.types.infer_dtype(present, skipna=False)
    if kind in ("bytes", "decimal"):
        return column
    if kind.startswith("datetime"):
        return pd.to_datetime(column)
    if kind.startswith("timedelta"):
        return pd.to_timedelta(column)
    dtype = dtype_of_objects(present, kind, gaps=len(present) < len(column))
    return column.astype(dtype) if dtype else column.map(str, na_action="ignore").astype("str")


def dtype_of_objects(present: Any, kind: str, *, gaps: bool) -> str | None:
    """The type that holds all of these values and, if there are gaps, missing ones beside them."""
    if kind == "integer":
        low, high = present.min(), present.max()
        if low >= -(2**63) and high < 2**63:
            return "Int64" if gaps else "int64"
        return ("UInt64" if gaps else "uint64") if low >= 0 and high < 2**64 else None
    if kind == "mixed-integer-float":
        return "float64" if (present == present.astype("float64")).all() else None
    if kind == "boolean":
        return "boolean" if gaps else "bool"
    return {"floating": "float64", "date": "datetime64[s]"}.get(kind)


def script_datasets(returned: Any, before: Any = ()) -> tuple[Any, Any]:
    """The frames that a script returned: the Results Dataset, and a second one or None.

    A script returns a sequence that begins with a frame, or a bare one; nothing is an empty frame.
    """
    if isinstance(returned, np.ndarray) and (returned.dtype == object or returned.ndim == 3):
        returned = list(returned)
    values = list(returned) if isinstance(returned, tuple | list) else [returned]
    while values and values[-1] is None:
        values.pop()
    if len(values) > 2:
        raise TypeError(f"azureml_main returned {len(values)} values; at most two are allowed.")
    frames = [
        dataset(pd.DataFrame() if value is None else value, before) for value in values or [None]
    ]
    return frames[0], frames[1] if len(frames) > 1 else None


def script_dataset(returned: Any, before: Any = ()) -> pd.DataFrame:
    """The Results Dataset of a script."""
    first: pd.DataFrame = script_datasets(returned, before)[0]
    return first


def only(returned: Any) -> Any:
    """The value of a module that has one output, and may return it in a tuple."""
    return returned[0] if isinstance(returned, tuple | list) else returned


def saved_object(file: Path) -> Any:
    """A model or transform that was saved in Studiolo. Opening it runs code that it brings."""
    return cloudpickle.loads(file.read_bytes())


def duplicate(model: Any) -> Any:
    """A model or transform of a module's own: what it does to it, others don't see."""
    return copy.deepcopy(model)


def opened(archive: Path | BinaryIO) -> zipfile.ZipFile:
    """A zip as modules get it."""
    return zipfile.ZipFile(archive)


def as_file(content: bytes) -> BinaryIO:
    """A zip that a module returned."""
    return io.BytesIO(content)


def seed(number: int) -> None:
    """Have the next node draw the random numbers that this seed gives."""
    np.random.seed(number % 2**32)
    random.seed(number)


def call(entry: Callable[..., Any], *frames: Any, **parameters: Any) -> Any:
    """Call a script with as many frames as it takes; where it wants more, they are None."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    slots = [p for p in inspect.signature(entry).parameters.values() if p.kind in positional]
    missing = [None for slot in slots[len(frames) :] if slot.default is slot.empty]
    return entry(*frames, *missing, **parameters)


def load(name: str, source: str) -> Any:
    """Run a script's text as a module of its own; its azureml_main."""
    module = types.ModuleType("script")
    module.__file__ = name
    # Where pickles look for the classes and functions of the script.
    sys.modules["script"] = module
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return module.azureml_main


@contextlib.contextmanager
def script_bundle(archive: Path | BinaryIO) -> Iterator[None]:
    """Unzip a script bundle, and run in the folder above it: "Script Bundle" can be imported from.

    What a script saves there is copied to where the program was started.
    """
    home = Path.cwd()
    before = set(sys.modules)
    with tempfile.TemporaryDirectory() as folder:
        bundle = str(Path(folder).resolve() / "Script Bundle")
        zipfile.ZipFile(archive).extractall(bundle)
        # After the standard library and before what is installed.
        places = (place for place, path in enumerate(sys.path) if "-packages" in path)
        sys.path.insert(next(places, len(sys.path)), bundle)
        importlib.invalidate_caches()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(home)
            sys.path.remove(bundle)
            for name in set(sys.modules) - before:
                # Another bundle may have a module of that name.
                if str(getattr(sys.modules[name], "__file__", "")).startswith(bundle):
                    del sys.modules[name]
            left = shutil.ignore_patterns("Script Bundle")
            shutil.copytree(folder, home, ignore=left, dirs_exist_ok=True)


def save_figures(node: str, folder: Path | None) -> None:
    """Save the figures that a node left open, if there is a folder for them; then close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums() if folder else ():
        pyplot.figure(number).savefig(f"{folder}/{node}-figure-{number}.png")
    pyplot.close("all")


def free(path: Path) -> Path:
    """The path of a file that may be written: there is none yet. Its folder is made."""
    if path.exists():
        raise FileExistsError(f"{path} exists already. Move it away, or allow overwriting it.")
    return replaced(path)


def replaced(path: Path) -> Path:
    """The path of a file that may be there already. Its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def arguments() -> argparse.Namespace:
    """The arguments after the program's name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "datasets",
        metavar="DATASETS_FOLDER",
        nargs="?",
        type=Path,
        default=Path("datasets"),
        help='the folder with the dataset files; "datasets" if not given',
    )
    parser.add_argument(
        "--write", metavar="FOLDER", type=Path, help="write the results there, as CSV files"
    )
    given = parser.parse_args()
    given.datasets = given.datasets.resolve()
    if given.write:
        given.write.mkdir(parents=True, exist_ok=True)
        given.write = given.write.resolve()
    return given


def show(results: dict[str, Any], folder: Path | None) -> None:
    """Print the first rows of each result, and write it to a file if there is a folder for it."""
    for name, frame in results.items():
        if frame is None:
            continue
        rows, columns = frame.shape
        shape = f"{rows:,} row{'s' * (rows != 1)}, {columns:,} column{'s' * (columns != 1)}"
        print(f"\n{name}: {shape}", frame.head(), sep="\n")  # noqa: T201
        if folder:
            frame.to_csv(folder / f"{name}.csv", index=False)
