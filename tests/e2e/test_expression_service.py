"""The classic documentation's own service, as the README shows it: expressions in, results out.

Whoever has a key sends code to it. The code gets nowhere, and the next caller sees nothing of it.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.server_process import server_process

from studiolo.store.services.service_record import EndpointLimits, EndpointSettings, KeySlot
from studiolo.workspace.workspace import Workspace

from .command_line import CommandLine

ROOT = Path(__file__).parents[2]
EXPERIMENT = "experiments/evaluate-expressions"
ADDRESS = "http://127.0.0.1:8765"


@dataclass(frozen=True, kw_only=True)
class Service:
    """The service, served."""

    url: str
    key: str
    #: In the folder that the workspace is in.
    command_line: CommandLine

    def __call__(self, *expressions: str) -> httpx.Response:
        return httpx.post(
            f"{self.url}/services/evaluate-expressions/score",
            json={"inputs": {"input1": [{"expression": text} for text in expressions]}},
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
        )

    def results(self, *expressions: str) -> list[str]:
        answer = self(*expressions)
        assert answer.status_code == 200, answer.text
        rows = answer.json()["outputs"]["output1"]
        assert [row["expression"] for row in rows] == list(expressions)
        return [row["result"] for row in rows]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Published from a new workspace, with a time limit that a test can wait for."""
    command_line = CommandLine(tmp_path_factory.mktemp("expressions"))
    assert command_line("new", "my-workspace").code == 0
    folder = command_line.folder / "my-workspace"
    with Workspace(folder) as workspace:
        published = workspace.services.publish(
            workspace.experiment("evaluate-expressions"),
            service="evaluate-expressions",
            settings=EndpointSettings(limits=EndpointLimits(seconds=3)),
        )
    with server_process(folder) as server:
        key = published.keys[KeySlot.PRIMARY].reveal()
        yield Service(url=server.url, key=key, command_line=command_line)


@pytest.mark.parametrize("page", ["README.md", "examples/README.md"])
def test_the_command_on_a_page_gets_the_reply_on_the_page(service: Service, page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "studiolo publish my-workspace/experiments/evaluate-expressions\n" in text
    command = re.search(r"^(?:\$ )?(curl http.*?)(?<!\\)\n", text, re.M | re.S)
    assert command is not None
    typed = command[1].replace(ADDRESS, service.url).replace("YOUR-KEY", service.key)
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=True)
    assert done.stdout.startswith('{"outputs":{"output1":[{"expression":"2 ** 10","result":"1024"}')
    assert done.stdout in text.splitlines()


HOSTILE = {
    "a file of the owner": f"open({str(ROOT / 'README.md')!r}).read()",
    "the folder of the workspace": "__import__('os').listdir('/root')",
    "the server's environment": "__import__('os').environ['HOME'] + 1",
    "another process's end": "__import__('os').kill(1, 9) or 1 / 0",
    "a host on the network": "__import__('socket').create_connection(('192.0.2.1', 80), 1)",
    "this machine": "__import__('socket').create_connection(('127.0.0.1', PORT), 1)",
    "all memory": "b'x' * (1 << 36)",
}


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_gets_an_error(service: Service, expression: str) -> None:
    port = service.url.rpartition(":")[2]
    (result,) = service.results(expression.replace("PORT", port))
    assert re.match(r"\w*(Error|Exception)\b", result), result


@pytest.mark.parametrize(
    ("expression", "status"),
    [
        ("exec('while True: pass')", 408),
        ("__import__('os').abort()", 400),
        ("__import__('os')._exit(0)", 400),
    ],
)
def test_an_expression_that_ends_its_process_or_never_ends_is_answered(
    service: Service, expression: str, status: int
) -> None:
    assert service(expression).status_code == status
    assert service.results("1 + 1") == ["2"]


def test_the_next_caller_sees_nothing_of_a_request(service: Service) -> None:
    marks = {
        "setattr(math, 'pi', 3)": "math.pi == 3",
        "__import__('sys').modules.update(mark=math)": "'mark' in __import__('sys').modules",
        "__import__('os').environ.update(MARK='left')": "'MARK' in __import__('os').environ",
        "open('mark', 'w').close()": "__import__('os').path.exists('mark')",
        "open('/tmp/mark', 'w').close()": "__import__('os').path.exists('/tmp/mark')",
        "__import__('threading').Timer(60, print).start()": (
            "__import__('threading').active_count() > 1"
        ),
    }
    # Within a request each mark is seen, so the next request shows that it is not there any more.
    assert service.results(*marks, *marks.values())[len(marks) :] == ["True"] * len(marks)
    assert service.results(*marks.values()) == ["False"] * len(marks)


def test_its_figures_are_shown_in_the_terminal(service: Service) -> None:
    service.results("1 + 1")
    arguments = ["evaluate-expressions", "--url", service.url, "--workspace", "my-workspace"]
    shown = service.command_line("service", *arguments).out
    figures = re.search(r"default v1 +(\d+), (\d+) with an error, [\d.,]+ ms on average", shown)
    assert figures is not None, shown
    assert int(figures[1]) > int(figures[2])
