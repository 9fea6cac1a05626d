"""The steps of a request: each has its own console, pictures and failure, and may return them."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest
from studiolo.services.serving.handler import Handler
from studiolo.store.services.service_record import ServiceIsolation
from studiolo.workspace.services.publishing import Publication
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

NODES = """
data: {dataset: numbers.csv}
input1: {module: web-service-input, inputs: {dataset: data}}
first: {module: execute-python-script, script: first.py, inputs: {dataset1: input1}}
second: {module: execute-python-script, script: second.py, inputs: {dataset1: first}}
read: {module: execute-python-script, script: read.py, inputs: {dataset1: second.python_device}}
output1: {module: web-service-output, inputs: {dataset: second}}
output2: {module: web-service-output, inputs: {dataset: first.python_device}}
output3: {module: web-service-output, inputs: {dataset: read}}
"""
SCRIPTS = {
    "first.py": """
        import matplotlib.pyplot as plt
        import sys
        def azureml_main(frame):
            print("first of", frame.n.tolist())
            print("on stderr", file=sys.stderr)
            for number in frame.n:
                plt.figure()
                plt.plot([number])
            return frame
    """,
    "second.py": """
        import os
        def azureml_main(frame):
            print("second")
            if frame.n[0] == 13:
                raise ValueError("unlucky")
            if frame.n[0] == 14:
                while True:
                    pass
            if frame.n[0] == 15:
                os._exit(3)
            if frame.n[0] == 16:
                os.closerange(0, 3)
                os.closerange(3, 200)
            return frame * 2
    """,
    "read.py": """
        def azureml_main(device):
            return device.assign(read=device["Standard Output"].str.upper())
    """,
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root: Path = tmp_path_factory.mktemp("steps") / "workspace"
    folder = WorkspaceFolder(root)
    folder.dataset("numbers.csv", "n\n1\n2\n")
    folder.experiment(NODES, scripts=SCRIPTS, name="steps")
    with Workspace(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def published(workspace: Workspace) -> Publication:
    return workspace.services.publish(workspace.experiment("steps"), service="steps")


@pytest.fixture(scope="module", params=list(ServiceIsolation))
def handler(
    workspace: Workspace, published: Publication, request: pytest.FixtureRequest
) -> Iterator[Handler]:
    del published
    (served,) = workspace.services.served("steps")
    limits = replace(served.endpoint.limits, seconds=3.0)
    endpoint = replace(served.endpoint, isolation=request.param, limits=limits)
    with workspace.services.handler(
        replace(served, endpoint=endpoint), served.versions[1]
    ) as loaded:
        yield loaded


def scored(handler: Handler, *numbers: int) -> ScoringReply | ScoringFailed:
    table = pa.table({"n": pa.array(numbers, pa.int64())})
    return handler.score(ScoringRequest(inputs={"input1": table}))


def picture(cell: object) -> bytes:
    assert isinstance(cell, str)
    head, _, content = cell.partition(",")
    assert head == "data:image/png;base64"
    return base64.b64decode(content, validate=True)


def test_a_device_is_an_output_as_the_classic_services_returned_it(handler: Handler) -> None:
    reply = scored(handler, 3)
    assert isinstance(reply, ScoringReply), reply
    assert reply.outputs["output1"].to_pydict() == {"n": [6]}
    (row,) = reply.outputs["output2"].to_pylist()
    assert list(row) == ["Standard Output", "Graphics"]
    assert row["Standard Output"] == "data:text/plain,first of [3]\non stderr\nExecution OK\r\n"
    assert picture(row["Graphics"]).startswith(b"\x89PNG")
    # A node that takes a device runs when the script that it belongs to has ended.
    (read,) = reply.outputs["output3"].to_pylist()
    assert read["read"] == "DATA:TEXT/PLAIN,SECOND\nEXECUTION OK\r\n"
    assert read["Graphics"] is None


def test_each_picture_after_the_first_has_a_row_of_its_own(handler: Handler) -> None:
    reply = scored(handler, 4, 5)
    assert isinstance(reply, ScoringReply), reply
    device = reply.outputs["output2"].to_pydict()
    assert device["Standard Output"][1:] == [None]
    assert picture(device["Graphics"][0]) != picture(device["Graphics"][1])


def test_each_step_keeps_what_it_printed_and_drew(handler: Handler) -> None:
    reply = scored(handler, 3)
    assert [(step.node, step.device.console) for step in reply.steps] == [
        ("first", "first of [3]\non stderr\n"),
        ("second", "second\n"),
        ("read", ""),
    ]
    assert [len(step.device.images) for step in reply.steps] == [1, 0, 0]
    assert reply.steps[0].device.images[0].name == "figure-1.png"
    assert reply.log == "[first]\nfirst of [3]\non stderr\n[second]\nsecond\n"


@pytest.mark.parametrize(
    ("number", "code"),
    [(13, "script-exception"), (14, "timed-out"), (15, "ended-without-result")],
)
def test_a_failure_is_that_of_its_step(handler: Handler, number: int, code: str) -> None:
    answer = scored(handler, number)
    assert isinstance(answer, ScoringFailed)
    assert (answer.failure.code, answer.node) == (code, "second")
    assert [(step.node, step.device.console) for step in answer.steps] == [
        ("first", f"first of [{number}]\non stderr\n"),
        ("second", "second\n"),
    ]


def test_the_next_request_is_served_though_a_script_closed_its_files(handler: Handler) -> None:
    assert [step.node for step in scored(handler, 16).steps][:2] == ["first", "second"]
    assert isinstance(scored(handler, 3), ScoringReply)


def test_a_service_that_returns_a_device_is_scored_whole(published: Publication) -> None:
    assert not published.row_wise.decided
    assert "output2" in published.row_wise.reason


def test_a_device_is_an_output_of_a_run_as_well(
    workspace: Workspace, published: Publication
) -> None:
    (first, second) = published.result["first"].dataset("python_device").table.to_pylist()
    assert first["Standard Output"].startswith("data:text/plain,first of [1, 2]\n")
    assert picture(second["Graphics"])
    # What no node takes is not kept.
    assert "python_device" not in published.result["read"].ports
    assert workspace.run(workspace.experiment("steps"))["first"].state == "kept"
