# /// script
# [tool.studiolo]
# name = "Unpack Zipped Datasets"
# category = ["Data Input and Output"]
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
# kind = "zip"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.dataset_to_unpack]
# label = "Dataset to Unpack"
# help = "The file's name in the zip, such as users.csv. Empty: its only file."
#
# [tool.studiolo.parameters.dataset_file_format]
# label = "Dataset file format"
#
# [tool.studiolo.parameters.file_has_header_row]
# label = "File has header row"
# help = "CSV and TSV only. Off: the columns are named Col1, Col2 and so on."
# used-if = { dataset_file_format = ["CSV", "TSV"] }
# ///
"""Reads one file of a zip as a dataset.

The file must be UTF-8. SvmLight gives the columns Col1, Col2 and so on and Labels; plain text
gives the column Col1, with one row per line. Features may be counted from 0 or 1 and come in any
order; a query becomes the column qid. In CSV and TSV an empty field is missing, and a row with too
few fields is filled up with missing values. If all rows are separated by a different one of the
comma, semicolon, tab and vertical bar, that one is used. Blank lines at the end are not rows.

The type of a column of CSV or TSV is decided from all of its values: integer, floating point,
boolean (true, false) or ISO 8601 date. NA, N/A, null and NaN are missing, and blanks around a
value are ignored. A single value that does not fit makes the column text, and so does a leading
zero: "007" stays "007".

Differs: the header is off, as in the classic module, but the format is not guessed from the name.
ARFF is left out. So are .gz files, which are not zips; upload such a file as a dataset of its own.
"""

import io
import zipfile
from typing import Literal

import numpy as np
import pandas as pd

from ..parts.sources.delimited_text import delimited_table

#: 1 GiB of floats: a single large feature number must not take all memory.
_MOST_CELLS = 1 << 27
_MOST_FEATURES = 100_000


def azureml_main(
    dataset: zipfile.ZipFile,
    *,
    dataset_to_unpack: str = "",
    dataset_file_format: Literal["CSV", "TSV", "SvmLight", "Plain text"] = "CSV",
    file_has_header_row: bool = False,
) -> pd.DataFrame:
    """Return the dataset that the file holds."""
    name = _member(dataset, dataset_to_unpack.strip())
    text = _text(dataset, name)
    try:
        if dataset_file_format == "SvmLight":
            return _svmlight(text)
        if dataset_file_format == "Plain text":
            lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []
            return pd.DataFrame({"Col1": pd.Series(lines, dtype="str")})
        delimiter = "," if dataset_file_format == "CSV" else "\t"
        return delimited_table(text, delimiter, header=file_has_header_row)
    except ValueError as error:
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise ValueError(f"{name} can't be read as {dataset_file_format}: {reason}.") from error


def _member(archive: zipfile.ZipFile, wanted: str) -> str:
    """The file to unpack."""
    # macOS adds a folder with what its file system knows of each file.
    names = [
        name
        for name in archive.namelist()
        if not name.endswith(("/", "\\")) and not name.startswith("__MACOSX/")
    ]
    # Old programs of Windows separate folders by backslashes.
    paths = {name.replace("\\", "/"): name for name in names}
    if wanted in names:
        return wanted
    if wanted in paths:
        return paths[wanted]
    if not wanted and len(names) == 1:
        return names[0]
    problem = f'has no file "{wanted}"' if wanted else f"has {len(names)} files: name one of them"
    raise ValueError(f"The zip {problem}. Its files are: {', '.join(names) or 'none'}.")


def _text(archive: zipfile.ZipFile, name: str) -> str:
    try:
        text = archive.read(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name} is not UTF-8 (byte {error.start + 1} is 0x{error.object[error.start]:02x}). "
            "Save it as UTF-8 and zip it again."
        ) from error
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        # What zipfile raises for a password, an unknown compression, and damage.
        raise ValueError(f"{name} can't be unpacked: {error}.") from error
    if "\0" in text:
        raise ValueError(f"{name} contains a NUL byte, which text never does. Is it a binary file?")
    return text


def _svmlight(text: str) -> pd.DataFrame:
    # scikit-learn takes a second to load, which the other formats have no use for.
    from sklearn.datasets import load_svmlight_file  # noqa: PLC0415

    lines: list[str] = []
    queries: list[int | None] = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.partition("#")[0].split()
        if words:
            row, query = _svmlight_row(words, number)
            lines.append(row)
            queries.append(query)
    if not lines:
        raise ValueError("it is empty")
    data = io.BytesIO("\n".join(lines).encode())
    features, labels = load_svmlight_file(data, zero_based="auto")
    if features.shape[0] * features.shape[1] > _MOST_CELLS:
        raise ValueError(f"{features.shape[0]} rows of {features.shape[1]} features are too many")
    names = [f"Col{place}" for place in range(1, features.shape[1] + 1)]
    frame = pd.DataFrame(features.toarray(), columns=names)
    if any(query is not None for query in queries):
        frame["qid"] = pd.Series(queries, dtype="Int64")
    frame["Labels"] = labels.astype(np.int64) if (labels % 1 == 0).all() else labels
    frame.attrs["roles"] = {"Labels": "label"}
    return frame


def _svmlight_row(words: list[str], number: int) -> tuple[str, int | None]:
    """The row with its features counted up, as scikit-learn wants it, and its query."""
    if "," in words[0]:
        raise ValueError(f"line {number} has several labels ({words[0]}), a label column has one")
    query = None
    if len(words) > 1 and words[1].startswith("qid:"):
        query = int(words.pop(1).removeprefix("qid:"))
    features: dict[int, str] = {}
    for word in words[1:]:
        place = int(word.partition(":")[0])
        if place in features:
            raise ValueError(f"line {number} has the feature {place} twice")
        if not 0 <= place <= _MOST_FEATURES:
            raise ValueError(
                f"line {number} has the feature {place}, and features are numbered from 0 to "
                f"{_MOST_FEATURES}: each becomes a column"
            )
        features[place] = word
    return " ".join([words[0], *(features[place] for place in sorted(features))]), query
