"""Runs through the studio's API, in the real sandbox: events, outputs, differences."""

import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.server.api.studios import ServedStudio, served_studio

from studiolo.workspace.jobs.job_worker import BatchWorker

SCRIPT = """\
import matplotlib.pyplot as plt


def azureml_main(dataframe1=None, dataframe2=None):
    print("hello", len(dataframe1))
    plt.plot([1, 2])
    plt.savefig("line.png")
    return dataframe1.assign(double=dataframe1.iloc[:, 0] * 2),
"""
FAILING = """\
def azureml_main(dataframe1=None, dataframe2=None):
    return dataframe1["missing"],
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStudio]:
    """A server with an experiment `small`: a dataset, and a script that takes it."""
    with served_studio(tmp_path_factory.mktemp("studio") / "workspace") as served:
        served.program.post("/experiments", json={"name": "small"})
        edit(
            served,
            {"kind": "add_node", "name": "pima", "node": {"dataset": "pima-indians-diabetes.csv"}},
            {
                "kind": "add_node",
                "name": "double",
                "script": SCRIPT,
                "node": {"module": "execute-python-script", "inputs": {"dataset1": "pima"}},
            },
        )
        yield served


@pytest.fixture(scope="module")
def run(studio: ServedStudio) -> str:
    """The experiment's first run, which has ended."""
    return ended(studio)


def edit(studio: ServedStudio, *edits: dict[str, Any]) -> None:
    revision = studio.program.get("/experiments/small").json()["revision"]
    body = {"revision": revision, "edits": edits}
    answer = studio.program.post("/experiments/small/edits", json=body)
    assert answer.status_code == 200, answer.text


def ended(studio: ServedStudio, **selection: Any) -> str:
    started = studio.program.post("/experiments/small/runs", json=selection)
    assert started.status_code == 202, started.text
    run: str = started.json()["run"]
    assert events(studio, run)[-1][1] == "run_ended"
    return run


def events(
    studio: ServedStudio, run: str, last: int | None = None
) -> list[tuple[int, str, dict[str, Any]]]:
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with studio.program.stream("GET", f"/runs/{run}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(parsed(answer))


def parsed(answer: httpx.Response) -> Iterator[tuple[int, str, dict[str, Any]]]:
    number, name = 0, ""
    for line in answer.iter_lines():
        field, _, value = line.partition(": ")
        if field == "id":
            number = int(value)
        elif field == "event":
            name = value
        elif field == "data":
            yield number, name, json.loads(value)


def test_a_run_is_told_as_it_happens_and_again_to_those_who_come_back(
    studio: ServedStudio, run: str
) -> None:
    told = events(studio, run)
    assert told[0][1:] == ("run_began", {"nodes": ["pima", "double"]})
    states = [data["state"] for _, name, data in told if name == "node" if data["node"] == "double"]
    assert states[-2:] == ["running", "finished"]
    console = "".join(data["text"] for _, name, data in told if name == "console")
    assert "hello 768" in console
    half = len(told) // 2
    assert events(studio, run, last=told[half - 1][0]) == told[half:]


def test_the_canvas_shows_what_came_out(studio: ServedStudio, run: str) -> None:
    states = studio.program.get("/experiments/small").json()["states"]
    assert states["double"]["run"] == run
    assert states["double"]["rows"] == 768
    assert states["double"]["up_to_date"] is True
    assert states["double"]["empty_outputs"] == ["results_dataset2"]
    past = studio.program.get(f"/runs/{run}/experiment").json()
    assert past["states"]["double"]["empty_outputs"] == ["results_dataset2"]


def test_a_changed_node_is_out_of_date_and_a_failure_names_its_line(studio: ServedStudio) -> None:
    address = "/experiments/small/files/double.py"
    before = studio.program.get(address).json()
    failing = studio.program.put(address, json={"text": FAILING, "revision": before["revision"]})
    states = studio.program.get("/experiments/small").json()["states"]
    assert states["double"]["up_to_date"] is False
    run = ended(studio)
    state = studio.program.get("/experiments/small").json()["states"]["double"]
    assert state["state"] == "failed"
    assert state["error_line"] == 2
    assert state["error_type"] == "KeyError"
    node = studio.program.get(f"/runs/{run}/nodes/double").json()
    assert node["error"]["frames"][-1]["line"] == 2
    back = {"text": before["text"], "revision": failing.json()["revision"]}
    assert studio.program.put(address, json=back).status_code == 200
    again = ended(studio)
    differences = studio.program.get(f"/runs/{run}/differences/{again}").json()
    assert "missing" in differences["nodes"]["double"]["script"]["diff"]
    assert studio.program.get(f"/runs/{again}").json()["nodes"]["double"]["state"] == "kept"


def test_rows_come_page_by_page_sorted_and_filtered(studio: ServedStudio, run: str) -> None:
    address = f"/runs/{run}/nodes/double/outputs/results_dataset"
    about = studio.program.get(address).json()
    assert about["rows"] == 768
    first = about["columns"][0]["name"]
    page = studio.program.get(f"{address}/rows?offset=760&limit=100").json()
    assert (page["offset"], page["total"], len(page["rows"])) == (760, 768, 8)
    down = studio.program.get(f"{address}/rows?sort={first}&descending=true&limit=5").json()
    found = [row[0] for row in down["rows"]]
    assert found == sorted(found, reverse=True)
    some = studio.program.get(f"{address}/rows?filter=ge:{first}:10&columns=double").json()
    assert 0 < some["total"] < 768
    assert all(row[0] >= 20 for row in some["rows"])
    wrong = studio.program.get(f"{address}/rows?filter=ge:{first}:x").json()
    assert wrong["error"]["code"] == "row-filter"


def test_rows_come_as_arrow_too(studio: ServedStudio, run: str) -> None:
    answer = studio.program.get(
        f"/runs/{run}/nodes/double/outputs/results_dataset/rows?limit=3",
        headers={"Accept": "application/vnd.apache.arrow.stream"},
    )
    assert answer.headers["x-studiolo-rows"] == "768"
    with pa.ipc.open_stream(answer.content) as reader:
        assert reader.read_all().num_rows == 3


def test_a_profile_a_download_a_picture_and_the_console(studio: ServedStudio, run: str) -> None:
    address = f"/runs/{run}/nodes/double"
    profile = studio.program.get(f"{address}/outputs/results_dataset/profile?bins=20").json()
    assert len(profile["columns"][0]["histogram"]["counts"]) == 20
    csv = studio.program.get(f"{address}/outputs/results_dataset/download?format=csv")
    assert csv.text.count("\n") == 769
    assert "attachment" in csv.headers["content-disposition"]
    assert "sandbox" in csv.headers["content-security-policy"]
    picture = studio.program.get(f"{address}/images/0")
    assert picture.content.startswith(b"\x89PNG")
    assert "sandbox" in picture.headers["content-security-policy"]
    assert studio.program.get(f"{address}/images/1").status_code == 404
    assert studio.program.get(f"{address}/console?offset=6&limit=3").json()["text"] == "768"


def test_an_output_is_kept_as_a_dataset(studio: ServedStudio, run: str) -> None:
    address = f"/runs/{run}/nodes/double/outputs/results_dataset/save"
    kept = studio.program.post(address, json={"name": "doubled.parquet", "kind": "dataset"})
    assert kept.json() == {"saved": "doubled.parquet"}
    assert studio.program.get("/datasets/doubled.parquet/rows").json()["total"] == 768
    refused = studio.program.post(address, json={"name": "doubled", "kind": "model"})
    assert refused.status_code == 422


def test_a_past_run_is_drawn_as_it_was(studio: ServedStudio, run: str) -> None:
    drawn = studio.program.get(f"/runs/{run}/experiment").json()
    assert [node["name"] for node in drawn["nodes"]] == ["pima", "double"]
    assert drawn["states"]["double"]["state"] == "finished"
    saved = studio.program.post("/experiments", json={"run": run, "name": "as-it-was"})
    assert saved.json() == {"name": "as-it-was"}
    again = studio.program.get("/experiments/as-it-was").json()
    assert again["findings"] == []
    assert studio.program.get("/experiments/as-it-was/files/double.py").json()["text"] == SCRIPT
    taken = studio.program.post("/experiments", json={"run": run, "name": "as-it-was"})
    assert taken.json()["error"]["code"] == "experiment-exists"
    listed = studio.program.get("/runs?experiment=small").json()["runs"]
    assert run in [one["run"] for one in listed]


def test_a_run_is_cancelled(studio: ServedStudio) -> None:
    address = "/experiments/small/files/double.py"
    before = studio.program.get(address).json()
    slow = before["text"].replace("    print(", "    import time; time.sleep(60)\n    print(")
    changed = studio.program.put(address, json={"text": slow, "revision": before["revision"]})
    run = studio.program.post("/experiments/small/runs", json={}).json()["run"]
    with studio.program.stream("GET", f"/runs/{run}/events") as answer:
        for _, name, data in parsed(answer):
            if name == "node" and data["state"] == "running" and data["node"] == "double":
                assert studio.program.post(f"/runs/{run}/cancel").status_code == 202
    assert (name, data) == ("run_ended", {"status": "cancelled"})
    back = {"text": before["text"], "revision": changed.json()["revision"]}
    studio.program.put(address, json=back)


def test_a_page_sees_what_others_change(studio: ServedStudio) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []
    client = httpx.Client(
        base_url=f"{studio.url}/api",
        headers={"Authorization": f"Bearer {studio.sessions.token}"},
        timeout=30,
    )

    def follow() -> None:
        with client, client.stream("GET", "/experiments/small/events") as answer:
            for _, name, data in parsed(answer):
                seen.append((name, data))
                if name == "changed" and data["revision"] == after:
                    return

    after = ""
    page = threading.Thread(target=follow)
    page.start()
    while not any(name == "people" for name, _ in seen):
        time.sleep(0.01)
    file = studio.workspace.experiment_folder("small") / "experiment.yaml"
    after = studio.program.get("/experiments/small").json()["revision"]
    assert seen[0] == ("changed", {**seen[0][1], "revision": after})
    text = file.read_text() + "# In an editor.\n"
    after = hashlib.sha256(text.encode()).hexdigest()
    file.write_text(text)
    page.join(20)
    assert not page.is_alive()


def test_a_service_is_published_tried_and_taken_care_of(studio: ServedStudio) -> None:
    sample = studio.program.post("/experiments", json={"sample": "evaluate-expressions"}).json()
    publish = {"experiment": sample["name"], "service": "expressions"}
    published = studio.program.post("/services", json={**publish, "endpoint": "Not so"})
    assert published.json()["error"]["code"] == "service-name"
    published = studio.program.post("/services", json=publish)
    assert published.status_code == 202, published.text
    publication = f"/publications/{published.json()['id']}"
    # Its run is told like any other.
    assert events(studio, published.json()["run"])[-1][1] == "run_ended"
    while (seen := studio.program.get(publication).json())["state"] in ("running", "freezing"):
        time.sleep(0.02)
    assert (seen["state"], seen["version"], seen["has_keys"]) == ("finished", 1, True)
    assert studio.program.get("/publications").json()["publications"][-1] == seen
    keys = studio.program.post(f"{publication}/keys").json()["keys"]
    assert set(keys) == {"primary", "secondary"}
    assert studio.program.post(f"{publication}/keys").json()["keys"] == {}
    assert studio.program.get("/publications/none").status_code == 404
    own = "/services/expressions/endpoints/default/programs"
    programs = studio.program.get(own).json()
    assert programs["address"] in programs["programs"]["curl"]
    service = studio.program.get("/services/expressions").json()
    # A form is filled with the sample row.
    inputs = service["versions"][0]["schema"]["inputs"]
    rows = {"inputs": {name: [table["sample"]] for name, table in inputs.items()}}
    tried = studio.program.post("/services/expressions/test", json=rows).json()
    assert tried["failure"] is None, tried
    assert tried["problems"] == []
    assert next(iter(tried["outputs"].values()))["total"] == 1
    wrong = {"inputs": {"nonsense": [{"x": 1}]}}
    assert studio.program.post("/services/expressions/test", json=wrong).json()["problems"]
    address = "/services/expressions/endpoints/default"
    assert studio.program.post(f"{address}/keys/primary").json()["key"]
    limits = studio.program.patch(f"{address}/limits", json={"seconds": 90, "rows": 7}).json()
    assert (limits["seconds"], limits["rows"]) == (90, 7)
    assert limits["concurrent_calls"] > 0
    for refused in ({"seconds": 0}, {"rows": "many"}, {"speed": 1}):
        assert studio.program.patch(f"{address}/limits", json=refused).status_code in (400, 422)
    traffic = studio.program.put(f"{address}/traffic", json={"weights": {"1": 100}})
    assert traffic.json()["weights"] == {"1": 100}
    assert studio.program.get("/services/expressions/figures").json()["bounds"]
    check_jobs(studio, next(iter(inputs)))
    assert studio.program.delete("/services/expressions").status_code == 204
    assert studio.program.get("/services/expressions").status_code == 404


def check_jobs(studio: ServedStudio, name: str) -> None:
    """A file that a page uploads is scored; a job that waits is ended."""
    file = (studio.workspace.dataset_folder / "expressions.csv").read_bytes()
    jobs = "/services/expressions/jobs"

    def submitted(**changed: Any) -> httpx.Response:
        begun = {"name": "식 1.csv", "size": len(file)}
        upload = studio.program.post("/uploads", json=begun).json()["id"]
        studio.program.patch(f"/uploads/{upload}?offset=0", content=file)
        inputs = {name: {"upload": upload, "name": begun["name"]}}
        return studio.program.post(jobs, json={"inputs": inputs, "format": "parquet", **changed})

    assert submitted(inputs={}).json()["error"]["code"] == "job-refused"
    ended = submitted().json()["id"]
    assert studio.program.post(f"{jobs}/{ended}/cancel").json()["state"] == "cancelled"
    made = submitted()
    assert made.status_code == 201, made.text
    assert made.json()["inputs"] == {name: f"{name}.csv"}
    workspace = studio.workspace
    (endpoint,) = workspace.services.find("expressions").endpoints
    served = [endpoint.endpoint.id]
    with BatchWorker(workspace.services, workspace.batch_jobs, lambda: served):
        while (job := studio.program.get(jobs).json()["jobs"][0])["state"] in (
            "waiting",
            "running",
        ):
            time.sleep(0.05)
    assert (job["id"], job["state"]) == (made.json()["id"], "finished"), job
    (output,) = job["outputs"]
    answer = studio.program.get(f"{jobs}/{job['id']}/outputs/{output}")
    assert pq.read_table(io.BytesIO(answer.content)).num_rows == job["rows_total"]
    assert studio.program.get(f"{jobs}/{ended}/outputs/{output}").status_code == 404
    assert studio.program.get(f"{jobs}/none").status_code == 404


def test_the_columns_at_an_input_are_those_of_the_file_and_of_the_last_run(
    studio: ServedStudio, run: str
) -> None:
    edit(
        studio,
        {
            "kind": "add_node",
            "name": "next",
            "node": {"module": "execute-python-script", "inputs": {"dataset2": "double"}},
        },
        {
            "kind": "add_node",
            "name": "last",
            "node": {"module": "split-data", "inputs": {"dataset": "next"}},
        },
    )

    def columns(node: str) -> dict[str, Any]:
        answer = studio.program.get(f"/experiments/small/nodes/{node}/input-columns")
        return {
            one["port"]: one["columns"] and [column["name"] for column in one["columns"]]
            for one in answer.json()["inputs"]
        }

    of_file = columns("double")["dataset1"]
    assert len(of_file) > 2
    # It is the first argument, and the columns are those that the script has returned.
    assert columns("next") == {"dataset2": [*of_file, "double"]}
    # It has not run.
    assert columns("last") == {"dataset": None}
    edit(studio, {"kind": "change_node", "node": "next", "keys": {"port_binding": "slot"}})
    assert columns("next") == {"dataset1": None, "dataset2": [*of_file, "double"]}
    edit(studio, {"kind": "remove_node", "node": "next"}, {"kind": "remove_node", "node": "last"})
    answer = studio.program.get("/experiments/small/nodes/next/input-columns")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "node-unknown")
