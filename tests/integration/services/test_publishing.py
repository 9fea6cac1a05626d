"""Publishing for real: an experiment runs, is frozen, and answers as it ran."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import Dataset
from studiolo.environments.data import frozen_data
from studiolo.environments.environment import Environment
from studiolo.environments.errors import EnvironmentBuildError, RegistryUnreachableError
from studiolo.environments.package_sources import PackageSources
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.web_service.interface import ServiceInterface, WebServiceParameter
from studiolo.sandbox.errors import ProgramUnloadableError, ZygoteDiedError
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.process.workers import Workers
from studiolo.services.errors import ServiceGraphError, VersionDamagedError
from studiolo.services.scoring import (
    ProblemCode,
    RequestRefused,
    ScoringFailed,
    ScoringReply,
    ScoringRequest,
)
from studiolo.services.serving.errors import ServiceRestartingError
from studiolo.services.serving.handler import Handler
from studiolo.services.versions.frozen_version import freeze, thaw, with_model
from studiolo.store.blobs import Blobs
from studiolo.store.identity import BlobDigest
from studiolo.store.services.service_record import ServiceIsolation
from studiolo.workspace.sandboxes import head_start
from studiolo.workspace.services.errors import PublishedRunFailedError
from studiolo.workspace.services.publishing import Publication
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

ROWS = "".join(f"{n % 7},{'low' if n % 7 < 3 else 'high'}\n" for n in range(70))
#: Learns from its own dataset, and scores what callers send behind a script.
SCORING = """
people: {dataset: people.csv}
learner: {module: two-class-logistic-regression}
train:
  module: train-model
  inputs: {untrained_model: learner, dataset: people}
  parameters: {label_column: size}
given: {module: execute-python-script, script: same.py, inputs: {dataset1: people}}
prepared: {module: execute-python-script, script: prepared.py, inputs: {dataset1: given}}
scored: {module: score-model, inputs: {trained_model: train, dataset: prepared}}
reply: {module: execute-python-script, script: same.py, inputs: {dataset1: scored}}
"""
SCRIPTS = {
    "same.py": "def azureml_main(frame):\n    return frame\n",
    "prepared.py": """
        def azureml_main(frame, *, plus: float = 0):
            print("preparing")
            frame["n"] = frame.n + plus
            return frame
    """,
}
INTERFACE = ServiceInterface(
    inputs={"input1": NodeName("given")},
    outputs={"output1": NodeName("reply")},
    parameters=[WebServiceParameter(name="Add", targets=[(NodeName("prepared"), "plus")])],
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("services") / "workspace")
    folder.dataset("people.csv", f"n,size\n{ROWS}")
    folder.experiment(SCORING, scripts=SCRIPTS)
    with Workspace(folder.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def published(workspace: Workspace) -> Publication:
    return workspace.services.publish(
        workspace.experiment("experiment"), INTERFACE, service="sizes"
    )


@pytest.fixture(scope="module")
def handler(workspace: Workspace, published: Publication) -> Iterator[Handler]:
    (served,) = workspace.services.served("sizes")
    with workspace.services.handler(served, served.versions[1]) as loaded:
        yield loaded


def asked(numbers: list[float], **parameters: object) -> ScoringRequest:
    table = pa.table({"n": numbers, "size": pa.array([None] * len(numbers), pa.large_string())})
    return ScoringRequest(inputs={"input1": table}, parameters=parameters)


def labels(answer: ScoringReply | ScoringFailed) -> list[object]:
    assert isinstance(answer, ScoringReply), answer
    return answer.outputs["output1"]["Scored Labels"].to_pylist()


def test_a_version_answers_as_the_experiment_ran(
    workspace: Workspace, published: Publication, handler: Handler
) -> None:
    ran = published.result["reply"].dataset().table
    answer = handler.score(asked([float(n % 7) for n in range(70)]))
    assert isinstance(answer, ScoringReply), answer
    assert answer.outputs["output1"]["Scored Labels"].to_pylist() == (
        ran["Scored Labels"].to_pylist()
    )
    assert answer.log == "[prepared]\npreparing\n"


def test_its_schema_is_that_of_the_run(published: Publication) -> None:
    schema = published.schema
    assert schema.inputs["input1"].names() == ["n", "size"]
    assert schema.inputs["input1"].required() == ["n"]
    assert schema.outputs["output1"].required() == schema.outputs["output1"].names()
    assert schema.outputs["output1"].names()[-2:] == ["Scored Labels", "Scored Probabilities"]
    assert [(one.name, one.default) for one in schema.parameters] == [("Add", 0)]


def test_it_keeps_the_versions_of_its_packages(
    published: Publication, workspace: Workspace, default_environment: Environment
) -> None:
    blobs = Blobs(workspace.root / ".studiolo")
    (stage,) = thaw(published.published.version.digest, blobs).plan.stages
    assert stage.environment.lock == default_environment.lock
    assert "\npandas==" in f"\n{stage.environment.lock}"


def test_callers_set_parameters_for_one_request(handler: Handler) -> None:
    assert labels(handler.score(asked([0.0], Add=6.0))) == ["high"]
    assert labels(handler.score(asked([0.0]))) == ["low"]


def test_a_process_that_dies_again_and_again_is_an_error_of_its_own(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> NoReturn:
        raise ZygoteDiedError(layer="interpreter", why="killed", python=Path("python"), printed="")

    with monkeypatch.context() as patched:
        patched.setattr(Workers, "take", die)
        with pytest.raises(ServiceRestartingError, match="killed"):
            handler.score(asked([0.0]))
    assert labels(handler.score(asked([0.0]))) == ["low"]


def test_workers_answer_as_well(workspace: Workspace, published: Publication) -> None:
    (served,) = workspace.services.served("sizes")
    endpoint = replace(served.endpoint, isolation=ServiceIsolation.WORKER)
    with workspace.services.handler(
        replace(served, endpoint=endpoint), served.versions[1]
    ) as loaded:
        for _ in range(4):
            assert labels(loaded.score(asked([0.0], Add=6.0))) == ["high"]
            assert labels(loaded.score(asked([0.0, 6.0]))) == ["low", "high"]


def test_what_changes_afterwards_changes_nothing(
    workspace: Workspace, published: Publication, handler: Handler
) -> None:
    script = workspace.root / "experiments" / "experiment" / "prepared.py"
    before = script.read_text()
    script.write_text("def azureml_main(frame):\n    raise ValueError('changed')\n")
    try:
        (served,) = workspace.services.served("sizes")
        with workspace.services.handler(served, served.versions[1]) as loaded:
            assert labels(loaded.score(asked([0.0, 6.0]))) == ["low", "high"]
    finally:
        script.write_text(before)


def test_a_version_whose_environment_is_gone_and_can_not_be_built_says_so(
    workspace: Workspace,
    published: Publication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del published
    (served,) = workspace.services.served("sizes")
    monkeypatch.setenv("STUDIOLO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    said = 'packages of the environment "default" could not be fetched.* try again'
    with pytest.raises(RegistryUnreachableError, match=said):
        workspace.services.handler(served, served.versions[1])
    # Nor is anything asked but what the workspace names.
    own = PackageSources(wheels=(tmp_path,), only_wheels_folder=True)
    monkeypatch.setattr(workspace.environments.named, "sources", own)
    with pytest.raises(EnvironmentBuildError) as raised:
        workspace.services.handler(served, served.versions[1])
    assert not isinstance(raised.value, RegistryUnreachableError)


def test_a_model_whose_class_is_gone_is_an_error_in_words(
    workspace: Workspace, published: Publication
) -> None:
    del published
    (served,) = workspace.services.served("sizes")
    blobs = Blobs(workspace.root / ".studiolo")
    version = thaw(served.versions[1].digest, blobs)
    model = MemoryFile.of_bytes(b"cgone_package\nModel\n.", "model")
    digest = freeze(with_model(version, "train", model), blobs).digest
    with (
        workspace.services.handler(served, replace(served.versions[1], digest=digest)) as loaded,
        pytest.raises(ProgramUnloadableError) as raised,
    ):
        loaded.wait_until_ready()
    assert str(raised.value) == (
        "The node 'scored' can't be loaded. What is connected to trained_model can't be opened "
        "here: ModuleNotFoundError: No module named 'gone_package'. The module that made it and "
        "this one need the same packages. Train it again with the packages of this environment "
        "and publish the experiment again, or roll the endpoint back to the version before."
    )


def test_an_interpreter_that_was_started_beforehand_serves(
    workspace: Workspace, published: Publication
) -> None:
    del published
    launcher = Launcher()
    head_start.begin(launcher, program=True)
    with Workspace(workspace.root, launcher=launcher) as own:
        (served,) = own.services.served("sizes")
        with own.services.handler(served, served.versions[1]) as loaded:
            assert labels(loaded.score(asked([0.0, 6.0]))) == ["low", "high"]
            (sandbox,) = loaded._sandboxes
            assert sandbox._ready().zygote.launcher_pid == launcher.pid


def test_the_keys_of_a_new_endpoint_are_given_once(
    workspace: Workspace, published: Publication
) -> None:
    assert len(published.keys) == 2
    again = workspace.services.publish(
        workspace.experiment("experiment"), INTERFACE, service="sizes"
    )
    assert again.keys == {}
    assert again.published.version.number == published.published.version.number + 1


def test_two_may_publish_at_the_same_time(workspace: Workspace, published: Publication) -> None:
    def publish(name: str) -> Publication:
        with Workspace(workspace.root) as own:
            return own.services.publish(own.experiment("experiment"), INTERFACE, service=name)

    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(publish, ["together", "together"]))
    assert sorted(one.published.version.number for one in both) == [1, 2]
    # One of them made the endpoint, and is told its keys.
    assert sorted(len(one.keys) for one in both) == [0, 2]
    assert {one.published.endpoint.id for one in both} == {both[0].published.endpoint.id}


def test_an_experiment_that_fails_is_not_published(workspace: Workspace) -> None:
    folder = WorkspaceFolder(workspace.root)
    folder.experiment(
        """
        data: {dataset: people.csv}
        bad: {module: execute-python-script, script: bad.py, inputs: {dataset1: data}}
        """,
        scripts={"bad.py": "def azureml_main(frame):\n    return frame.missing\n"},
        name="failing",
    )
    interface = ServiceInterface(
        inputs={"input1": NodeName("data")}, outputs={"output1": NodeName("bad")}
    )
    with pytest.raises(PublishedRunFailedError, match=r"bad: .*missing"):
        workspace.services.publish(workspace.experiment("failing"), interface, service="failing")
    assert "failing" not in workspace.services.names


def test_columns_keep_the_roles_that_they_had_in_the_run(workspace: Workspace) -> None:
    folder = WorkspaceFolder(workspace.root)
    folder.experiment(
        """
        data: {dataset: people.csv}
        marked:
          module: edit-metadata
          inputs: {dataset: data}
          parameters: {column: [size], fields: Labels}
        input1: {module: web-service-input, inputs: {dataset: marked}}
        roles: {module: execute-python-script, script: roles.py, inputs: {dataset1: input1}}
        output1: {module: web-service-output, inputs: {dataset: roles}}
        """,
        scripts={
            "roles.py": """
                import pandas as pd
                def azureml_main(frame):
                    return pd.DataFrame({"roles": [repr(frame.attrs["roles"])]})
            """
        },
        name="roles",
    )
    publication = workspace.services.publish(workspace.experiment("roles"), service="roles")
    ran = publication.result["roles"].dataset().table
    (served,) = workspace.services.served("roles")
    with workspace.services.handler(served, served.versions[1]) as loaded:
        answer = loaded.score(asked([1.0]))
    assert isinstance(answer, ScoringReply), answer
    assert answer.outputs["output1"].to_pydict() == ran.to_pydict()


def test_a_label_that_a_script_needs_is_required_and_so_is_a_parameter_without_a_default(
    workspace: Workspace,
) -> None:
    folder = WorkspaceFolder(workspace.root)
    folder.experiment(
        """
        people: {dataset: people.csv}
        learner: {module: two-class-logistic-regression}
        train:
          module: train-model
          inputs: {untrained_model: learner, dataset: people}
          parameters: {label_column: size}
        input1: {module: web-service-input, inputs: {dataset: people}}
        counted:
          module: execute-python-script
          script: counted.py
          inputs: {dataset1: input1}
          parameters: {plus: 2}
        score: {module: score-model, inputs: {trained_model: train, dataset: counted}}
        output1: {module: web-service-output, inputs: {dataset: score}}
        """,
        scripts={
            "counted.py": """
                def azureml_main(frame, *, plus: int):
                    return frame.assign(n=frame["size"].map(len) + plus)
            """
        },
        name="needed",
    )
    interface = ServiceInterface(
        inputs={"input1": NodeName("input1")},
        outputs={"output1": NodeName("output1")},
        parameters=[WebServiceParameter(name="Plus", targets=[(NodeName("counted"), "plus")])],
    )
    published = workspace.services.publish(
        workspace.experiment("needed"), interface, service="needed"
    )
    assert published.schema.inputs["input1"].required() == ["n", "size"]
    assert [(one.name, one.required) for one in published.schema.parameters] == [("Plus", True)]
    rows = {
        "input1": Dataset(table=pa.table({"n": [1], "size": pa.array(["low"], pa.large_string())}))
    }
    refused = workspace.services.call("needed", rows)
    assert isinstance(refused, RequestRefused)
    assert refused.problems[0].code is ProblemCode.MISSING_PARAMETERS
    assert refused.problems[0].target == "Plus"
    assert isinstance(
        workspace.services.call("needed", rows, parameters={"Plus": "1"}), ScoringReply
    )


def test_what_no_request_changes_is_not_published(workspace: Workspace) -> None:
    folder = WorkspaceFolder(workspace.root)
    folder.experiment(
        """
        data: {dataset: people.csv}
        reply: {module: web-service-output, inputs: {dataset: data}}
        """,
        name="constant",
    )
    with pytest.raises(ServiceGraphError, match=r"'reply' returns what is in 'data'"):
        workspace.services.publish(workspace.experiment("constant"), service="constant")


def test_what_a_version_needs_survives_forgetting_its_run(
    workspace: Workspace, published: Publication
) -> None:
    del published
    root: Path = workspace.root
    workspace.close()
    with Workspace(root) as alone:
        alone.runs.forget(keep=0)
        (served,) = alone.services.served("sizes")
        newest = max(served.versions)
        with alone.services.handler(served, served.versions[newest]) as loaded:
            assert labels(loaded.score(asked([0.0, 6.0]))) == ["low", "high"]


def test_scripts_find_the_data_of_nltk_that_the_version_was_published_with(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nltk_data" / "corpora" / "stopwords").mkdir(parents=True)
    english = tmp_path / "nltk_data" / "corpora" / "stopwords" / "english"
    english.write_text("the\nof\n")
    kept = workspace.environments.data()
    kept.add(["stopwords"], tmp_path / "nltk_data")
    # Where this machine has them unpacked.
    monkeypatch.setattr(frozen_data, "studiolo_home", lambda: tmp_path / "home")
    WorkspaceFolder(workspace.root).experiment(
        """
        data: {dataset: people.csv}
        input1: {module: web-service-input, inputs: {dataset: data}}
        words: {module: execute-python-script, script: words.py, inputs: {dataset1: input1}}
        output1: {module: web-service-output, inputs: {dataset: words}}
        """,
        scripts={
            "words.py": """
                import os
                import pathlib

                def azureml_main(frame):
                    # As NLTK does, which takes seconds to import.
                    folder = pathlib.Path(os.environ["NLTK_DATA"])
                    frame["words"] = (folder / "corpora/stopwords/english").read_text()
                    return frame[["words"]]
            """
        },
        name="words",
    )
    publication = workspace.services.publish(workspace.experiment("words"), service="words")
    assert publication.needs.data == ["corpora/stopwords"]
    (served,) = workspace.services.served("words")
    # Neither those of the workspace nor what is unpacked of the version has to be there.
    kept.remove(["stopwords"])
    shutil.rmtree(tmp_path / "home")
    with workspace.services.handler(served, served.versions[1]) as loaded:
        answer = loaded.score(asked([1.0]))
    assert isinstance(answer, ScoringReply), answer
    assert answer.outputs["output1"].to_pydict() == {"words": ["the\nof\n"]}
    # What a version keeps may be damaged, as anything else that it needs.
    shutil.rmtree(tmp_path / "home")
    blobs = Blobs(workspace.root / ".studiolo")
    manifest = json.loads(blobs.path(BlobDigest(served.versions[1].digest)).read_bytes())
    blobs.path(manifest["stages"][0]["data"]["corpora/stopwords"]).unlink()
    with pytest.raises(VersionDamagedError, match=r"was removed or changed\. Publish"):
        workspace.services.handler(served, served.versions[1])
