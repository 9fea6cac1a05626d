"""Datasets through the API: uploaded in pieces, listed, looked at, in versions."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.server.api.studios import ServedStudio

#: Rows.
_LARGE = 200_000
CSV = "name,age\n<b>me</b>,30\n한글,\n" + "".join(f"n{n},{n}\n" for n in range(1000))


def uploaded(studio: ServedStudio, name: str, content: bytes, *, replace: bool) -> httpx.Response:
    begun = studio.program.post("/uploads", json={"name": name, "size": len(content)}).json()
    sent = studio.program.patch(f"/uploads/{begun['id']}?offset=0", content=content)
    assert sent.json()["offset"] == len(content)
    finished = {"name": name, "replace": replace}
    return studio.program.post(f"/uploads/{begun['id']}/finish", json=finished)


def test_an_upload_goes_on_after_a_lost_connection(studio: ServedStudio) -> None:
    content = CSV.encode()
    upload = studio.program.post("/uploads", json={"name": "people.csv", "size": len(content)})
    address = f"/uploads/{upload.json()['id']}"
    studio.program.patch(f"{address}?offset=0", content=content[:100])
    twice = studio.program.patch(f"{address}?offset=0", content=content[:100])
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "upload-offset")
    there = studio.program.get(address).json()["offset"]
    assert there == 100
    studio.program.patch(f"{address}?offset={there}", content=content[there:])
    shown = studio.program.get(f"{address}/preview?name=people.csv").json()
    assert [column["type"] for column in shown["columns"]] == ["large_string", "int64"]
    assert shown["rows"][:2] == [["<b>me</b>", 30], ["한글", None]]
    assert shown["total"] == 1002
    wrong = studio.program.get(f"{address}/preview?name=people.csv&encoding=nonsense")
    assert wrong.status_code == 422
    made = studio.program.post(f"{address}/finish", json={"name": "people.csv"})
    assert made.json() == {"name": "people.csv", "bytes": len(content)}
    assert studio.program.get(address).status_code == 404
    rows = studio.program.get("/datasets/people.csv/rows?sort=age&descending=true&limit=1").json()
    assert rows["rows"] == [["n999", 999]]
    profile = studio.program.get("/datasets/people.csv/profile").json()
    assert profile["columns"][1]["missing"] == 1


def test_a_column_gets_another_type_before_it_is_stored(studio: ServedStudio) -> None:
    content = b"code,n\n007,1\n008,x\n"
    begun = studio.program.post("/uploads", json={"name": "codes.csv", "size": len(content)})
    address = f"/uploads/{begun.json()['id']}"
    studio.program.patch(f"{address}?offset=0", content=content)
    wrong = {"name": "codes.csv", "types": {"n": "integer"}}
    refused = studio.program.post(f"{address}/finish", json=wrong)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "column-conversion")
    right = {"name": "codes.csv", "types": {"code": "number"}}
    made = studio.program.post(f"{address}/finish", json=right)
    assert made.json()["name"] == "codes.parquet"
    rows = studio.program.get("/datasets/codes.parquet/rows").json()
    assert rows["columns"][0]["type"] == "double"


def test_two_columns_against_each_other(studio: ServedStudio) -> None:
    columns = studio.program.get("/datasets/pima-indians-diabetes.csv/rows?limit=1").json()
    first, second = [column["name"] for column in columns["columns"][:2]]
    query = {"name": "pima-indians-diabetes.csv", "first": first, "second": second}
    found = studio.program.get("/dataset-columns/compare", params=query).json()
    assert found["scatter"]["rows"] == len(found["scatter"]["points"]) == 768
    assert found["boxes"] is None


def test_another_content_is_a_version_and_never_lost(studio: ServedStudio) -> None:
    assert uploaded(studio, "v.csv", b"x\n1\n", replace=False).status_code == 201
    refused = uploaded(studio, "v.csv", b"x\n2\n", replace=False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "dataset-exists")
    assert uploaded(studio, "v.csv", b"x\n2\n", replace=True).status_code == 201
    assert studio.program.get("/datasets/v.csv/rows").json()["rows"] == [[2]]
    before = studio.program.get("/datasets/v.csv/rows?version=1").json()
    assert before["rows"] == [[1]]
    found = studio.program.get("/datasets/v.csv").json()
    # That was read first, and is not the current one for that.
    assert [one["version"] for one in found["versions"]] == [1, 2]
    assert [one["rows"] for one in found["versions"]] == [1, 1]
    assert found["content"] == found["versions"][1]["content"]
    listed = studio.program.get("/datasets").json()["datasets"]
    assert found in listed
    saved = studio.program.get("/datasets/v.csv/download?version=1")
    assert saved.text == "x\n1\n"
    assert "v-version-1.csv" in saved.headers["content-disposition"]
    profile = studio.program.get("/datasets/v.csv/profile?version=1").json()
    assert profile["columns"][0]["statistics"]["maximum"] == 1
    none = studio.program.get("/datasets/v.csv/rows?version=3")
    assert (none.status_code, none.json()["error"]["code"]) == (404, "dataset-version-missing")


def test_each_version_knows_the_experiments_that_use_it(studio: ServedStudio) -> None:
    file = studio.workspace.root / "datasets" / "used.csv"
    for version, node in ((1, "{dataset: used.csv, version: 1}"), (2, "{dataset: used.csv}")):
        file.write_text(f"x\n{version}\n", encoding="utf-8")
        assert studio.program.get("/datasets/used.csv/rows").json()["rows"] == [[version]]
        folder = studio.workspace.root / "experiments" / f"uses-{version}"
        folder.mkdir()
        text = f"studiolo: 1\nname: Uses\nnodes:\n  data: {node}\n"
        (folder / "experiment.yaml").write_text(text, encoding="utf-8")

    def users() -> list[list[str]]:
        found = studio.program.get("/datasets/used.csv").json()
        assert found["used_by"] == ["uses-1", "uses-2"]
        return [one["used_by"] for one in found["versions"]]

    assert users() == [["uses-1"], ["uses-2"]]
    # The file is as it was once.
    file.write_text("x\n1\n", encoding="utf-8")
    assert users() == [["uses-1", "uses-2"], []]


def test_the_list_says_where_a_dataset_is_used(studio: ServedStudio) -> None:
    listed = {one["name"]: one for one in studio.program.get("/datasets").json()["datasets"]}
    assert "rank-features" in listed["pima-indians-diabetes.csv"]["used_by"]
    assert uploaded(studio, "read.csv", b"x\n1\n", replace=True).status_code == 201
    folder = studio.workspace.root / "experiments" / "reads"
    folder.mkdir()
    node = "{module: import-data, parameters: {file: read.csv}}"
    text = f"studiolo: 1\nname: Reads\nnodes:\n  data: {node}\n"
    (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    assert studio.program.get("/datasets/read.csv").json()["used_by"] == ["reads"]
    assert listed["pima-indians-diabetes.csv"]["bytes"] > 1000
    assert studio.program.get("/saved").json() == {"saved": []}


def test_a_file_that_nothing_has_read_says_when_it_was_changed(studio: ServedStudio) -> None:
    file = studio.workspace.root / "datasets" / "copied.csv"
    file.write_text("x\n1\n", encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    listed = {one["name"]: one for one in studio.program.get("/datasets").json()["datasets"]}
    assert listed["copied.csv"]["versions"] == []
    assert listed["copied.csv"]["changed_at"] == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize("name", ["../studiolo.toml", "..%2Fstudiolo.toml", ".hidden.csv", "a.exe"])
def test_names_stay_in_the_folder(studio: ServedStudio, name: str) -> None:
    refused = uploaded_or_refused(studio, name)
    assert refused.status_code == 422
    assert studio.program.get(f"/datasets/{name}/rows").status_code in (404, 422)


def uploaded_or_refused(studio: ServedStudio, name: str) -> httpx.Response:
    begun = studio.program.post("/uploads", json={"name": name, "size": 1})
    if begun.status_code != 201:
        return begun
    finished = {"name": name, "replace": True}
    return studio.program.post(f"/uploads/{begun.json()['id']}/finish", json=finished)


@pytest.mark.parametrize("upload", ["..", "%2E%2E%2Ftoken", "token", "0" * 32])
def test_an_upload_is_nothing_but_an_upload(studio: ServedStudio, upload: str) -> None:
    assert studio.program.get(f"/uploads/{upload}/preview?name=x.csv").status_code == 404
    assert studio.program.delete(f"/uploads/{upload}").status_code in (404, 405)


def test_a_file_in_another_encoding_is_stored_as_it_is_read(studio: ServedStudio) -> None:
    content = "이름,점수\n홍길동,3\n".encode("euc-kr")
    begun = studio.program.post("/uploads", json={"name": "한국.csv", "size": len(content)}).json()
    address = f"/uploads/{begun['id']}"
    studio.program.patch(f"{address}?offset=0", content=content)
    refused = studio.program.get(f"{address}/preview?name=한국.csv").json()["error"]
    assert refused["code"] == "dataset-encoding-not-utf8"
    assert "euc-kr" in refused["facts"]["candidates"]
    made = studio.program.post(
        f"{address}/finish", json={"name": "한국.csv", "encoding": "euc-kr"}
    ).json()
    assert made["name"] == "한국.parquet"
    assert studio.program.get("/datasets/한국.parquet/rows").json()["rows"] == [["홍길동", 3]]


def write_large(path: Path, *, first: int) -> None:
    """A file of 2 MB with rows in groups, numbered from the first."""
    rows, random = range(first, first + _LARGE), np.random.default_rng().random(_LARGE)
    table = pa.table({"row": pa.array(rows), "n": pa.array(random)})
    pq.write_table(table, path, row_group_size=10_000)


def test_the_first_rows_of_a_large_file_do_not_wait_for_the_rest(
    studio: ServedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = studio.workspace.datasets
    read, go_on, readings = datasets.dataset, threading.Event(), []

    def later(*given: Any) -> Any:
        readings.append(given)
        assert go_on.wait(60)
        return read(*given)

    monkeypatch.setattr(datasets, "dataset", later)
    path = datasets.folder / "large.parquet"
    write_large(path, first=0)
    address = "/datasets/large.parquet/rows"
    with ThreadPoolExecutor(1) as pool:
        for limit in (1, 200):
            first = studio.program.get(f"{address}?limit={limit}").json()
            assert [row[0] for row in first["rows"]] == list(range(limit))
            assert first["total"] == 200_000
        rest = pool.submit(studio.program.get, f"{address}?offset=150&limit=100")
        assert not go_on.is_set()
        go_on.set()
        assert [row[0] for row in rest.result().json()["rows"]] == list(range(150, 250))
    sorted_rows = studio.program.get(f"{address}?sort=row&descending=true&limit=1").json()
    assert sorted_rows["rows"][0][0] == 199_999
    assert len(readings) == 1
    (version,) = studio.program.get("/datasets/large.parquet").json()["versions"]
    assert version["rows"] == 200_000
    # A file that takes its place is read anew.
    write_large(path, first=7)
    assert studio.program.get(f"{address}?limit=1").json()["rows"][0][0] == 7


def test_damage_behind_the_first_rows_is_told_to_those_who_ask_for_more(
    studio: ServedStudio,
) -> None:
    path = studio.workspace.datasets.folder / "broken.parquet"
    write_large(path, first=0)
    content = bytearray(path.read_bytes())
    content[1_000_000:1_100_000] = bytes(100_000)
    path.write_bytes(content)
    for _ in range(2):
        assert studio.program.get("/datasets/broken.parquet/rows?limit=1").status_code == 200
        refused = studio.program.get("/datasets/broken.parquet/profile")
        assert refused.status_code == 422
        assert refused.json()["error"]["code"] == "dataset-file-damaged"


def test_times_beyond_those_of_python_are_shown(studio: ServedStudio) -> None:
    table = pa.table(
        {
            "day": pa.array([4_000_000], pa.date32()),
            "time": pa.array([300_000_000_000], pa.timestamp("s")),
            "length": pa.array([-90_000], pa.duration("s")),
            "level": pa.array([300_000_000_000], pa.timestamp("s")).dictionary_encode(),
        }
    )
    sink = BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    assert uploaded(studio, "far.arrow", sink.getvalue(), replace=True).status_code == 201
    shown = studio.program.get("/datasets/far.arrow/rows").json()["rows"]
    assert shown == [["12921-08-18", "11476-08-15T05:20:00", "-P1DT1H", "11476-08-15T05:20:00"]]


def test_rows_are_downloaded_as_they_are_asked_for(studio: ServedStudio) -> None:
    assert uploaded(studio, "n.csv", b"a%3A:b,t\n1,x\n3,y\n2,z\n", replace=True).status_code == 201
    query = {"filter": "ge:a%253A%3Ab:2", "sort": "a%3A:b", "descending": "true"}
    saved = studio.program.get("/datasets/n.csv/download", params=query)
    assert saved.text == "a%3A:b,t\n3,y\n2,z\n"
    assert "n-filtered.csv" in saved.headers["content-disposition"]
    wrong = studio.program.get("/datasets/n.csv/download?filter=eq:t:")
    assert wrong.text == "a%3A:b,t\n"
    assert studio.program.get("/datasets/n.csv/download?sort=x").status_code == 422
