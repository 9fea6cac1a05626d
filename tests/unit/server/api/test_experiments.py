"""Experiments through the API: made, drawn, edited, in conflict, broken, removed."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.server.api.studios import ServedStudio


def get(studio: ServedStudio, name: str) -> dict[str, Any]:
    answer = studio.program.get(f"/experiments/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["revision"]}"'
    found: dict[str, Any] = answer.json()
    return found


def edit(studio: ServedStudio, name: str, revision: str, *edits: dict[str, Any]) -> httpx.Response:
    body = {"revision": revision, "edits": edits}
    return studio.program.post(f"/experiments/{name}/edits", json=body)


def copy_of(studio: ServedStudio, sample: str) -> tuple[str, Path]:
    made = studio.program.post("/experiments", json={"sample": sample})
    assert made.status_code == 201, made.text
    name = made.json()["name"]
    return name, studio.workspace.experiment_folder(name)


def node_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in document["nodes"] if node["name"] == name)


def test_the_list_says_what_a_home_page_shows(studio: ServedStudio) -> None:
    listed = studio.program.get("/experiments").json()["experiments"]
    ranked = next(one for one in listed if one["name"] == "rank-features")
    assert ranked["nodes"] > 1
    assert ranked["last_run"] is None
    assert ranked["changed_at"].endswith("+00:00")


def test_modules_are_forms(studio: ServedStudio) -> None:
    modules = {one["id"]: one for one in studio.program.get("/modules").json()["modules"]}
    split = modules["split-data"]
    assert [port["kind"] for port in split["outputs"]] == ["dataset", "dataset"]
    fraction = next(p for p in split["parameters"] if "fraction" in p["name"])
    assert (fraction["kind"], fraction["minimum"], fraction["maximum"]) == ("number", 0, 1)
    assert modules["execute-python-script"]["takes_script"]


def test_a_canvas_can_draw_without_guessing(studio: ServedStudio) -> None:
    document = get(studio, "predict-diabetes")
    names = {node["name"] for node in document["nodes"]}
    for node in document["nodes"]:
        for port in node["inputs"]:
            if port["wire"] is not None:
                begins = node_of(document, port["wire"]["node"])
                # Also where the file leaves the port out.
                assert port["wire"]["port"] in {out["name"] for out in begins["outputs"]}
        assert node["title"]
    assert set(document["positions"]) <= names
    assert document["findings"] == []
    assert document["shown"] == "current"


def test_edits_are_made_together_and_comments_stay(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    file = folder / "experiment.yaml"
    file.write_text(file.read_text() + "# A remark.\n")
    before = get(studio, name)
    answer = edit(
        studio,
        name,
        before["revision"],
        {"kind": "add_node", "name": "split", "node": {"module": "split-data"}, "x": 5, "y": 7},
        {"kind": "add_node", "name": "mine", "node": {"module": "execute-python-script"}},
        {"kind": "connect", "node": "split", "port": "dataset", "from_node": "pima"},
        {
            "kind": "connect",
            "node": "mine",
            "port": "dataset1",
            "from_node": "split",
            "from_port": "results_dataset2",
        },
        {"kind": "set_parameter", "node": "split", "parameter": "fraction", "value": 0.25},
        {"kind": "change_node", "node": "split", "keys": {"comment": "A quarter", "seed": 1}},
        {"kind": "rename_node", "node": "split", "name": "quarter"},
        {"kind": "describe", "name": "Ranked"},
    )
    after = answer.json()
    assert answer.status_code == 200, answer.text
    quarter = node_of(after, "quarter")
    assert quarter["parameters"] == {"fraction": 0.25}
    assert quarter["comment"] == "A quarter"
    assert node_of(after, "mine")["inputs"][0]["wire"] == {
        "node": "quarter",
        "port": "results_dataset2",
    }
    assert (folder / node_of(after, "mine")["script"]).read_text().count("azureml_main") > 1
    assert after["positions"]["quarter"] == {"x": 5, "y": 7}
    assert after["title"] == "Ranked"
    assert "# A remark." in file.read_text()


def test_a_removed_node_takes_its_wires_along_and_comes_back(studio: ServedStudio) -> None:
    name, _ = copy_of(studio, "rank-features")
    before = get(studio, name)
    pima = node_of(before, "pima")
    removed = edit(studio, name, before["revision"], {"kind": "remove_node", "node": "pima"})
    assert removed.status_code == 200, removed.text
    gone = removed.json()
    assert all(
        port["wire"] is None or port["wire"]["node"] != "pima"
        for node in gone["nodes"]
        for port in node["inputs"]
    )
    wires = [
        {"kind": "connect", "node": node["name"], "port": port["name"], "from_node": "pima"}
        for node in before["nodes"]
        for port in node["inputs"]
        if port["wire"] is not None and port["wire"]["node"] == "pima"
    ]
    again = {"kind": "add_node", "name": "pima", "node": pima["form"]}
    back = edit(studio, name, gone["revision"], again, *wires).json()
    for node in before["nodes"]:
        assert node_of(back, node["name"])["inputs"] == node["inputs"]


def test_edits_are_all_or_nothing(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    before = (folder / "experiment.yaml").read_bytes()
    answer = edit(
        studio,
        name,
        get(studio, name)["revision"],
        {"kind": "describe", "name": "Other"},
        {"kind": "connect", "node": "rank", "port": "nonsense", "from_node": "pima"},
    )
    assert answer.status_code == 422
    assert "nonsense" in answer.json()["error"]["message"]
    assert (folder / "experiment.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("edits", "status"),
    [
        ([{"kind": "remove_node", "node": "nobody"}], 404),
        ([{"kind": "add_node", "name": "pima", "node": {"module": "split-data"}}], 409),
        ([{"kind": "add_node", "name": "new", "node": {"module": "nonsense"}}], 404),
        ([{"kind": "add_node", "name": "new", "node": {"modul": "split-data"}}], 422),
        ([{"kind": "add_node", "name": "a/b", "node": {"module": "split-data"}}], 422),
        ([{"kind": "remove_node", "node": "pima", "more": 1}], 422),
        ([{"kind": "nonsense"}], 422),
        ([{"kind": "set_parameter", "node": "rank", "parameter": "\ud800", "value": {}}], 422),
    ],
)
def test_impossible_edits_say_why(
    studio: ServedStudio, edits: list[dict[str, Any]], status: int
) -> None:
    revision = get(studio, "rank-features")["revision"]
    body = json.dumps({"revision": revision, "edits": edits})
    answer = studio.program.post("/experiments/rank-features/edits", content=body)
    assert answer.json()["error"]["message"]
    assert "--" not in answer.json()["error"]["message"]
    assert answer.status_code in (status, 422)


def test_an_edit_of_an_old_version_is_a_conflict_with_both(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    old = get(studio, name)["revision"]
    file = folder / "experiment.yaml"
    theirs = re.sub("^name: .*$", "name: Theirs", file.read_text(), count=1, flags=re.M)
    file.write_text(theirs)
    answer = edit(studio, name, old, {"kind": "describe", "name": "Ours"})
    assert answer.status_code == 409
    conflict = answer.json()
    assert conflict["error"]["code"] == "experiment-changed"
    assert conflict["theirs"]["title"] == "Theirs"
    said = [one for one in conflict["differences"] if one["key"] == "name"]
    assert said == [{"node": "", "key": "name", "theirs": "Theirs", "ours": "Ours"}]
    assert file.read_text() == theirs
    unknown = edit(studio, name, "0" * 64, {"kind": "describe", "description": "Ours"})
    assert (unknown.status_code, unknown.json()["differences"]) == (409, None)


def test_a_comment_that_someone_wrote_meanwhile_is_no_conflict(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    old = get(studio, name)["revision"]
    file = folder / "experiment.yaml"
    file.write_text(file.read_text() + "# Meanwhile.\n")
    answer = edit(studio, name, old, {"kind": "describe", "description": "Ours"})
    assert answer.status_code == 200
    assert "# Meanwhile." in file.read_text()


def test_a_broken_file_shows_the_last_good_graph_and_where_it_is_wrong(
    studio: ServedStudio,
) -> None:
    name, folder = copy_of(studio, "rank-features")
    good = get(studio, name)
    file = folder / "experiment.yaml"
    text = file.read_text()
    file.write_text(text + "  - broken: [\n")
    broken = get(studio, name)
    assert broken["shown"] == "last-good"
    assert [node["name"] for node in broken["nodes"]] == [node["name"] for node in good["nodes"]]
    assert broken["findings"][0]["line"] > 1
    refused = edit(studio, name, broken["revision"], {"kind": "describe", "name": "Lost"})
    assert refused.status_code == 422
    file.write_text(text)
    assert get(studio, name)["shown"] == "current"


def test_a_node_whose_module_was_deleted_can_still_be_edited(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    file = folder / "experiment.yaml"
    file.write_text(file.read_text().replace("execute-python-script", "gone", 1))
    document = get(studio, name)
    gone = next(node for node in document["nodes"] if node["broken"])
    change = {"kind": "change_node", "node": gone["name"], "keys": {"comment": "Gone"}}
    answer = edit(studio, name, document["revision"], change)
    assert answer.status_code == 200, answer.text
    assert node_of(answer.json(), gone["name"])["comment"] == "Gone"


@pytest.mark.parametrize(
    "node", ["{}", "{script: rank.py}", "{model: gone}", '{dataset: ""}', "{dataset: ../x.csv}"]
)
def test_a_node_that_is_half_written_hides_no_other(studio: ServedStudio, node: str) -> None:
    name, folder = copy_of(studio, "rank-features")
    file = folder / "experiment.yaml"
    file.write_text(f"{file.read_text().rstrip()}\n  half: {node}\n")
    document = get(studio, name)
    assert {"rank", "half"} <= {node["name"] for node in document["nodes"]}
    assert any("half" in finding["message"] for finding in document["findings"])


def test_scripts_have_revisions(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    script = next(node["script"] for node in get(studio, name)["nodes"] if node["script"])
    address = f"/experiments/{name}/files/{script}"
    read = studio.program.get(address).json()
    new = {"text": read["text"] + "# 1\n", "revision": read["revision"]}
    saved = studio.program.put(address, json=new)
    assert saved.status_code == 200
    assert (folder / script).read_text() == new["text"]
    late = studio.program.put(address, json={**new, "text": "# 2\n"})
    assert late.status_code == 409
    assert late.json()["theirs"] == new["text"]
    assert late.json()["revision"] == saved.json()["revision"]


@pytest.mark.parametrize(
    "file", ["experiment.yaml", "../rank-features/rank.py", ".hidden.py", "%2Fetc%2Fx.py", "x.txt"]
)
def test_only_scripts_of_the_experiment_are_files(studio: ServedStudio, file: str) -> None:
    address = f"{studio.url}/api/experiments/rank-features/files/{file.replace('/', '%2F')}"
    body = {"text": "", "revision": "unsaved"}
    headers = {"Authorization": f"Bearer {studio.sessions.token}"}
    assert httpx.put(address, json=body, headers=headers).status_code == 422
    assert httpx.get(address, headers=headers).status_code == 422


def test_a_link_out_of_the_folder_is_not_followed(studio: ServedStudio, tmp_path: Path) -> None:
    _, folder = copy_of(studio, "rank-features")
    (tmp_path / "secret.py").write_text("secret = 1\n")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    answer = studio.program.get(f"/experiments/{folder.name}/files/link.py")
    assert answer.json()["error"]["code"] == "script-name"


def test_moving_nodes_changes_no_revision(studio: ServedStudio) -> None:
    name, folder = copy_of(studio, "rank-features")
    before = get(studio, name)
    moved = studio.program.put(
        f"/experiments/{name}/layout", json={"positions": {"pima": {"x": 1, "y": 2}}}
    )
    assert moved.json()["positions"]["pima"] == {"x": 1, "y": 2}
    assert get(studio, name)["revision"] == before["revision"]
    there = studio.program.get(f"/experiments/{name}/layout")
    assert there.json() == moved.json()
    (folder / "layout.json").write_text("{")
    refused = studio.program.get(f"/experiments/{name}/layout")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "layout-invalid")


def test_an_experiment_is_made_removed_and_brought_back(studio: ServedStudio) -> None:
    made = studio.program.post("/experiments", json={"name": "나의 실험", "title": "Mine"})
    assert made.status_code == 201
    assert studio.program.post("/experiments", json={"name": "나의 실험"}).status_code == 409
    removed = studio.program.delete("/experiments/나의 실험").json()["removed"]
    assert studio.program.get("/experiments/나의 실험").status_code == 404
    back = studio.program.post(f"/removed/{removed}/restore")
    assert back.json() == {"name": "나의 실험"}
    assert get(studio, "나의 실험")["title"] == "Mine"
    assert studio.program.post(f"/removed/{removed}/restore").status_code == 422


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a\\b", " a", "x" * 300, "a\nb"])
def test_names_stay_in_the_workspace(studio: ServedStudio, name: str) -> None:
    answer = studio.program.post("/experiments", json={"name": name})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "experiment-name"


def test_samples_open_with_one_click(studio: ServedStudio) -> None:
    samples = studio.program.get("/samples").json()["samples"]
    assert {sample["name"] for sample in samples} >= {"rank-features", "scatter-matrix"}
    assert all(sample["title"] and sample["nodes"] for sample in samples)


def test_a_set_up_says_what_there_is_to_choose_from(studio: ServedStudio) -> None:
    sample = studio.program.post("/experiments", json={"sample": "predict-diabetes"}).json()["name"]
    refused = studio.program.post(f"/experiments/{sample}/web-service", json={})
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "service-set-up")
    trained = ["train logistic regression", "train boosted trees"]
    assert error["details"] == [{"field": "learner", "message": name} for name in trained]
    chosen = {"learner": "train boosted trees"}
    outdated = studio.program.post(f"/experiments/{sample}/web-service", json=chosen)
    assert outdated.json()["error"]["code"] == "results-outdated"
    assert "studiolo" not in outdated.json()["error"]["message"]
