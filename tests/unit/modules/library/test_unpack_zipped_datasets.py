import io
import zipfile
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd
import pytest


@pytest.fixture
def unpack(load_module: Callable[[str], ModuleType]) -> Callable[..., pd.DataFrame]:
    main = load_module("unpack_zipped_datasets").azureml_main

    def run(*contents: str | bytes, **parameters: Any) -> pd.DataFrame:
        files = {f"file{place}": content for place, content in enumerate(contents, start=1)}
        frame = main(zipped(files), **parameters)
        assert isinstance(frame, pd.DataFrame)
        return frame

    return run


Unpack = Callable[..., pd.DataFrame]


def zipped(files: dict[str, str | bytes]) -> zipfile.ZipFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("__MACOSX")
        archive.writestr("__MACOSX/._file1", b"\xff")
        for name, content in files.items():
            archive.writestr(name, content)
    return zipfile.ZipFile(buffer)


def test_csv_without_a_header_by_default(unpack: Unpack) -> None:
    frame = unpack('1,"a, b"\n2,c\n')
    assert frame.to_dict("list") == {"Col1": [1, 2], "Col2": ["a, b", "c"]}


def test_a_header_names_the_columns(unpack: Unpack) -> None:
    csv = unpack("\ufeffid, name\r\n1, Zoë\r\n", file_has_header_row=True)
    assert csv.to_dict("list") == {"id": [1], "name": ["Zoë"]}
    tsv = unpack("a\t\ta\n1\t 2\t3", file_has_header_row=True, dataset_file_format="TSV")
    assert list(tsv.columns) == ["a", "Col2", "a"]
    assert len(unpack("a,b\n", file_has_header_row=True)) == 0


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1", "-20", "0"], "int64"),
        (["1", "", "NA"], "Int64"),
        (["1", "2.5", "1e-3", "inf"], "float64"),
        (["Inf", "1", "-Infinity"], "float64"),
        (["1e400", "1"], "str"),
        (["0.5", "NaN"], "float64"),
        (["39 ", "40"], "int64"),
        (["Oslo ", "1"], "str"),
        ([str(2**63 - 1), "1"], "int64"),
        ([str(2**63), "1"], "str"),
        (["2020-01-31T12:00:00Z", "2020-01-31 12:00+01:00"], "datetime64[us, UTC]"),
        (["true", "false"], "bool"),
        (["True", "null"], "boolean"),
        (["2020-01-31", "2020-02-01"], "datetime64[us]"),
        (["2020-01-31 12:00", "2020-01-31T12:00:00.5"], "datetime64[us]"),
        (["007", "12"], "str"),
        (["+49", "1"], "str"),
        (["1", "x", "NA"], "str"),
        (["2020-02-31"], "str"),
        (["01/02/2020"], "str"),
        (["9" * 19], "str"),
        (["9" * 17, "0.5"], "str"),
        (["NA"], "str"),
    ],
)
def test_types_are_decided_over_the_whole_column(
    unpack: Unpack, values: list[str], dtype: str
) -> None:
    frame = unpack("\n".join(f"{value},-" for value in values))
    assert str(frame["Col1"].dtype) == dtype
    if dtype == "str":
        assert frame["Col1"].tolist() == values


def test_agrees_with_pandas(unpack: Unpack) -> None:
    text = "x,y,z\n" + "\n".join(f"{n},{n / 8},name {n}" for n in range(500))
    expected = pd.read_csv(io.StringIO(text))
    pd.testing.assert_frame_equal(unpack(text, file_has_header_row=True), expected)


def test_blank_lines(unpack: Unpack) -> None:
    assert len(unpack("1,2\n\n3,4\n")) == 2
    assert unpack("1\n\n3\n")["Col1"].tolist() == [1, pd.NA, 3]
    assert unpack("1\n2\n\n\n")["Col1"].tolist() == [1, 2]
    assert unpack("1\r\r\n3\r\r\n")["Col1"].tolist() == [1, 3]
    assert unpack("1;2\r3;4\r").to_dict("list") == {"Col1": [1, 3], "Col2": [2, 4]}
    assert unpack("1,2\n3,4\n\x1a").to_dict("list") == {"Col1": [1, 3], "Col2": [2, 4]}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_found_and_said(
    unpack: Unpack, delimiter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "a,b\n1,2\n3,4\n".replace(",", delimiter)
    frame = unpack(text, file_has_header_row=True)
    assert frame.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    assert "instead of commas" in capsys.readouterr().out
    # One column of text whose semicolons are its own.
    assert unpack("a;b\nc\n").shape == (2, 1)
    assert capsys.readouterr().out == ""


def test_svmlight_and_plain_text(unpack: Unpack) -> None:
    sparse = unpack("1 1:0.5 3:2\n-1 2:4 # note\n", dataset_file_format="SvmLight")
    assert sparse.to_dict("list") == {
        "Col1": [0.5, 0],
        "Col2": [0, 4],
        "Col3": [2, 0],
        "Labels": [1, -1],
    }
    assert sparse.attrs["roles"] == {"Labels": "label"}
    others = "2 qid:7 2:0.5 0:1\n1 qid:8 1:3\n"
    assert unpack(others, dataset_file_format="SvmLight").to_dict("list") == {
        "Col1": [1, 0],
        "Col2": [0, 3],
        "Col3": [0.5, 0],
        "qid": [7, 8],
        "Labels": [2, 1],
    }
    text = unpack("one, \n\n2\r\n", dataset_file_format="Plain text")
    assert text["Col1"].tolist() == ["one, ", "", "2"]


def test_one_of_several_files_is_named(unpack: Unpack) -> None:
    assert unpack("1,2", "3,4", dataset_to_unpack="file2")["Col1"].tolist() == [3]
    with pytest.raises(ValueError, match=r"has 2 files: name one of them\. Its files are: file1, "):
        unpack("1,2", "3,4")
    with pytest.raises(ValueError, match=r'no file "users"\. Its files are: file1'):
        unpack("1,2", dataset_to_unpack="users")
    with pytest.raises(ValueError, match="Its files are: none"):
        unpack()


@pytest.mark.parametrize(
    ("content", "file_format", "sentence"),
    [
        ("a,b".encode("utf-16"), "CSV", "file1 is not UTF-8 (byte 1 is 0xff). Save it as UTF-8"),
        ("", "CSV", "file1 can't be read as CSV: it is empty."),
        ("1,2\n1,2,3\n", "CSV", "Expected 2 fields in line 2, saw 3"),
        ('"never closed', "CSV", "EOF inside string"),
        ("label 1:2", "SvmLight", "file1 can't be read as SvmLight: "),
        ("1,3 1:2", "SvmLight", "line 1 has several labels (1,3)"),
        ("1 1:2 1:3", "SvmLight", "line 1 has the feature 1 twice"),
        ("1 1355191:2", "SvmLight", "line 1 has the feature 1355191, and"),
        ("", "SvmLight", "it is empty"),
        ("1,x\0y\n", "CSV", "file1 contains a NUL byte"),
    ],
)
def test_says_what_cannot_be_read(
    unpack: Unpack, content: str | bytes, file_format: str, sentence: str
) -> None:
    with pytest.raises(ValueError) as caught:
        unpack(content, dataset_file_format=file_format)
    assert sentence in str(caught.value)


def test_a_password_is_a_sentence(load_module: Callable[[str], ModuleType]) -> None:
    archive = zipped({"secret.csv": "1,2"})
    for info in archive.infolist():
        info.flag_bits |= 1
    with pytest.raises(ValueError, match=r"secret\.csv can't be unpacked: .* encrypted"):
        load_module("unpack_zipped_datasets").azureml_main(archive)
