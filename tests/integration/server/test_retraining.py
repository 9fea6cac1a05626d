"""Retraining as classic clients did it: a batch job trains a model, and a PATCH puts it to use."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from tests.server_process import server_process

from studiolo.services.keys import Key
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

TRAINING = """
people: {dataset: people.csv}
input1: {module: web-service-input, inputs: {dataset: people}}
learner: {module: two-class-logistic-regression}
train:
  module: train-model
  inputs: {untrained_model: learner, dataset: input1}
  parameters: {label_column: size}
model1: {module: web-service-output, inputs: {trained_model: train}}
"""
SCORING = """
people: {dataset: people.csv}
learner: {module: two-class-logistic-regression}
train:
  module: train-model
  inputs: {untrained_model: learner, dataset: people}
  parameters: {label_column: size}
input1: {module: web-service-input, inputs: {dataset: people}}
score: {module: score-model, inputs: {trained_model: train, dataset: input1}}
output1: {module: web-service-output, inputs: {dataset: score}}
"""
LOW, HIGH = "low", "high"
WORKSPACE = "0" * 32


def rows(small: str, large: str) -> str:
    return "n,size\n" + "".join(f"{n % 7},{small if n % 7 < 3 else large}\n" for n in range(70))


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program with the address of a server and the keys of its endpoints."""

    url: str
    #: By the service and the endpoint.
    keys: dict[str, str]

    def ask(
        self, method: str, path: str, body: object = None, *, key: str = "scoring/retrained"
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self.keys[key]}"}
        request = urllib.request.Request(
            self.url + path, None if body is None else data, sent, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def trained(
        self, content: str, output: object = None, *, service: str = "training"
    ) -> dict[str, Any]:
        """The place of a model that a batch job trains with these rows."""
        training = {"key": f"{service}/default"}
        path = f"/services/{service}"
        _, place = self.ask("PUT", f"{path}/files/p.csv", content.encode(), **training)
        body = {"Inputs": {"input1": place}, "Outputs": {"model1": output} if output else {}}
        _, job = self.ask("POST", f"{path}/jobs?api-version=2.0", body, **training)
        self.ask("POST", f"{path}/jobs/{job}/start", b"", **training)
        for _ in range(600):
            _, state = self.ask("GET", f"{path}/jobs/{job}", **training)
            if state["StatusCode"] not in ("NotStarted", "Running"):
                break
            time.sleep(0.1)
        assert state["StatusCode"] == "Finished", state
        found: dict[str, Any] = state["Results"]["model1"]
        return found

    def patch(
        self, place: object, *, endpoint: str = "retrained", name: str = "train [trained model]"
    ) -> tuple[int, Any]:
        path = f"/workspaces/{WORKSPACE}/webservices/scoring/endpoints/{endpoint}"
        body = {"Resources": [{"Name": name, "Location": place}]}
        return self.ask("PATCH", path, body, key=f"scoring/{endpoint}")

    def label(self, endpoint: str) -> str:
        """The label that an endpoint gives to a small number."""
        path = f"/services/scoring/endpoints/{endpoint}/score"
        status, reply = self.ask(
            "POST", path, {"inputs": {"input1": [{"n": 0}]}}, key=f"scoring/{endpoint}"
        )
        assert status == 200, reply
        return str(reply["outputs"]["output1"][0]["Scored Labels"])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("retraining") / "workspace")
    folder.dataset("people.csv", rows(LOW, HIGH))
    folder.experiment(TRAINING, name="training")
    folder.experiment(SCORING, name="scoring")
    # Its model gives a column to each class.
    classes = TRAINING.replace("two-class-logistic", "multiclass-logistic")
    folder.experiment(classes, name="classes")
    return folder.root


@pytest.fixture(scope="module")
def caller(root: Path) -> Iterator[Caller]:
    keys: dict[str, str] = {}
    with Workspace(root) as workspace:
        names = ("training/default", "classes/default", "scoring/default", "scoring/retrained")
        for name in names:
            service, _, endpoint = name.partition("/")
            found: dict[KeySlot, Key] = dict(
                workspace.services.publish(
                    workspace.experiment(service), service=service, endpoint=endpoint
                ).keys
            )
            keys[name] = found[KeySlot.PRIMARY].reveal()
    with server_process(root) as server:
        yield Caller(url=server.url, keys=keys)


def test_a_model_that_a_job_trained_takes_the_place_of_one(caller: Caller) -> None:
    assert caller.label("retrained") == LOW
    path = f"/workspaces/{WORKSPACE}/webservices/any/endpoints/retrained"
    path = path.replace("/any/", "/scoring/")
    _, shown = caller.ask("GET", path)
    assert [one["Name"] for one in shown["Resources"]] == ["train [trained model]"]

    place = caller.trained(rows(HIGH, LOW))
    assert place["RelativeLocation"].endswith("/model1.ilearner")
    status, answer = caller.patch(place)
    assert status == 200, answer
    until = time.monotonic() + 60
    while caller.label("retrained") != HIGH:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert caller.label("default") == LOW
    _, again = caller.ask("GET", path)
    assert again["Version"] == answer["Version"] != shown["Version"]


def test_a_model_from_elsewhere_is_never_opened(caller: Caller, tmp_path: Path) -> None:
    """Whoever has a key can send a file, and is not to decide what a service executes."""

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, (str(tmp_path / "opened"), "w"))

    content = cloudpickle.dumps(Hostile())
    _, place = caller.ask("PUT", "/services/scoring/endpoints/retrained/files/model.csv", content)
    before = caller.label("retrained")
    renamed = {**place, "RelativeLocation": f"{place['RelativeLocation']}.ilearner"}
    for sent in (place, renamed):
        status, answer = caller.patch(sent)
        assert status == 400, answer
    assert caller.label("retrained") == before
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"endpoint": "default"}, 400, "studiolo publish EXPERIMENT --endpoint NAME"),
        ({"name": "trian"}, 400, 'has no trained model "trian". Did you mean "train"?'),
        ({"place": {"RelativeLocation": "x.csv"}}, 400, ".ilearner"),
        ({"place": "nowhere"}, 400, "blob"),
        ({"service": "classes"}, 409, 'with it, the output "output1" has the columns n, '),
    ],
)
def test_what_cannot_be_replaced_is_said_and_nothing_changes(
    caller: Caller, change: dict[str, Any], status: int, said: str
) -> None:
    before = caller.label("retrained")
    given = dict(change)
    service = given.pop("service", "training")
    place = given.pop("place", None) or caller.trained(rows(LOW, HIGH), service=service)
    code, answer = caller.patch(place, **given)
    assert code == status, answer
    assert said in answer["error"]["details"][0]["message"]
    assert caller.label("retrained") == before


def test_a_wrong_key_does_not_show_which_endpoints_exist(caller: Caller) -> None:
    for endpoint in ("retrained", "none"):
        path = f"/workspaces/{WORKSPACE}/webservices/scoring/endpoints/{endpoint}"
        for method, body in (("GET", None), ("PATCH", {"Resources": []})):
            status, _ = caller.ask(method, path, body, key="scoring/default")
            assert status == 401


def test_the_file_of_a_model_ends_as_in_the_classic_studio(caller: Caller) -> None:
    path, key = "/services/training", "training/default"
    _, sent = caller.ask("PUT", f"{path}/files/p.csv", rows(LOW, HIGH).encode(), key=key)
    body = {"Input": sent, "Outputs": {"model1": {"RelativeLocation": "model.csv"}}}
    status, answer = caller.ask("POST", f"{path}/jobs?api-version=2.0", body, key=key)
    assert (status, answer["error"]["details"][0]["code"]) == (400, "InvalidBlobExtension")
    place = caller.trained(rows(LOW, HIGH), {"RelativeLocation": "mine.ilearner"})
    assert place["RelativeLocation"].endswith("/mine.ilearner")
