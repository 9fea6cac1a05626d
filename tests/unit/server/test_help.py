"""The help page: open to everybody, true to the schema, and with programs that run."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Never

import httpx
import pyarrow as pa
import pytest
from tests.unit.server.servers import PRIMARY, Served, serving

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.help import routes
from studiolo.server.help.programs import KEY, sample_programs
from studiolo.server.http.refused import RefusedError, plain_error
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.serving.live_endpoint import LiveEndpoint

NASTY = """</script><script>alert("x")</script>' $(id) `id` \\ {{ 7 * 7 }}"""
PORT = PortSchema(
    columns=(
        ColumnSchema(name="x", type=pa.float64(), missing=True),
        ColumnSchema(name=NASTY, type=pa.large_string(), categories=("a'b", "c\\d")),
    ),
    sample={"x": 1.5, NASTY: "a'b"},
)
SCHEMA = ServiceSchema(inputs={"input1": PORT}, outputs={"output1": PORT})


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service whose columns are called like code."""
    with serving(tmp_path_factory.mktemp("nasty"), schema=SCHEMA) as served:
        assert served.call().status_code == 400  # it is loaded
        yield served


def pages(server: Served) -> list[str]:
    endpoint = server.records[0].endpoint.id
    return [
        f"{server.url}/services/iris",
        f"{server.url}/services/iris/endpoints/default",
        f"{server.url}/workspaces/{'0' * 32}/webservices/{'1' * 32}/endpoints/{endpoint}/score",
    ]


def test_it_needs_no_key_and_is_where_the_classic_had_it(nasty: Served) -> None:
    for url in pages(nasty):
        page = httpx.get(url)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "Request Response API Documentation for iris" in page.text
        assert nasty.execute.replace("0" * 32, nasty.records[0].endpoint.id) in page.text
    assert httpx.get(f"{nasty.url}/services/nothing").status_code == 404


def test_a_browser_is_told_on_a_page_that_there_is_none(
    nasty: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = {"accept": "text/html,application/xhtml+xml"}
    missing = httpx.get(f"{nasty.url}/services/nothing", headers=browser)
    assert missing.status_code == 404
    assert "<p>Web service not found." in missing.text
    assert "refresh" not in missing.headers
    assert httpx.get(f"{nasty.url}/services/nothing").json()["error"]["code"] == "NotFound"

    def loading(endpoint: LiveEndpoint) -> Never:
        error = plain_error(
            503, "ServiceUnavailable", "VersionNotLoaded", "It is being <b>loaded</b>."
        )
        raise RefusedError(error, {"Retry-After": "2"})

    monkeypatch.setattr(routes, "described", loading)
    answer = httpx.get(pages(nasty)[0], headers=browser)
    assert (answer.status_code, answer.headers["refresh"]) == (503, "2")
    assert "It is being &lt;b&gt;loaded&lt;/b&gt;." in answer.text


def test_the_front_page_names_no_service(nasty: Served) -> None:
    page = httpx.get(nasty.url)
    assert page.status_code == 200
    assert "/services/NAME" in page.text
    assert "iris" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_names_and_values_are_text_and_no_script_of_theirs_runs(nasty: Served) -> None:
    page = httpx.get(pages(nasty)[0])
    assert "alert" in page.text
    assert "<script>" not in page.text
    assert "49" not in page.text.partition("Sample programs")[0].partition("<h2>Input</h2>")[2]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.text.count("<script") == 1
    assert " on" not in page.text.partition("<form")[2].partition(">")[0]


def test_the_files_that_it_loads_are_there_and_no_others(nasty: Served) -> None:
    for name, kind in [("help.js", "text/javascript"), ("help.css", "text/css")]:
        answer = httpx.get(f"{nasty.url}/static/{name}")
        assert answer.headers["content-type"].startswith(kind)
    for name in ("routes.py", "../routes.py", "%2e%2e%2froutes.py", "..%2f__init__.py"):
        assert httpx.get(f"{nasty.url}/static/{name}").status_code == 404


def test_the_python_program_and_the_curl_line_run_as_they_stand(
    nasty: Served, tmp_path: Path
) -> None:
    url = nasty.execute
    table = {"ColumnNames": ["x", NASTY], "Values": [["1.5", "a'b"]]}
    programs = sample_programs(f"{url}&details=true", {"Inputs": {"input1": table}})
    program = tmp_path / "call.py"
    program.write_text(programs["Python"].replace(KEY, PRIMARY.reveal()), encoding="utf-8")
    shell = programs["curl"].replace(KEY, PRIMARY.reveal())
    for command in ([sys.executable, str(program)], ["bash", "-c", shell]):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        value = json.loads(done.stdout)["Results"]["output1"]["value"]
        assert value["ColumnNames"] == ["x", NASTY]
        assert value["Values"] == [["1.5", "a'b"]]


@pytest.mark.parametrize(
    ("language", "file", "needs", "commands"),
    [
        (
            "C#",
            "call.cs",
            ["mcs", "mono"],
            [["mcs", "-r:System.Net.Http", "call.cs"], ["mono", "call.exe"]],
        ),
        ("R", "call.R", ["Rscript"], [["Rscript", "--vanilla", "call.R"]]),
    ],
)
def test_the_programs_in_c_sharp_and_r_run_as_they_stand(
    nasty: Served,
    tmp_path: Path,
    language: str,
    file: str,
    needs: Sequence[str],
    commands: Sequence[Sequence[str]],
) -> None:
    if not all(map(shutil.which, needs)):
        pytest.skip(f"this machine has no {language}")
    table = {"ColumnNames": ["x", NASTY], "Values": [["1.5", "a'b"], ["2.5", "c\\d"]]}
    body = {"Inputs": {"input1": table}, "GlobalParameters": {}}
    program = sample_programs(f"{nasty.execute}&details=true", body)[language]
    (tmp_path / file).write_text(program.replace(KEY, PRIMARY.reveal()), encoding="utf-8")
    for command in commands:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        if "no package called" in done.stderr:
            pytest.skip("this machine's R lacks the package that the program uses")
        assert done.returncode == 0, done.stderr
    status, _, answer = done.stdout.partition("\n")
    assert status.endswith("200")
    value = json.loads(answer)["Results"]["output1"]["value"]
    assert (value["ColumnNames"], value["Values"]) == (table["ColumnNames"], table["Values"])


def test_literals_of_c_sharp_and_r_end_where_they_should() -> None:
    programs = sample_programs("http://localhost/", {"a": "quote \" apostrophe ' back \\"})
    assert '""quote \\"" apostrophe \' back \\\\""' in programs["C#"]
    assert "quote \\\\\" apostrophe \\' back \\\\\\\\" in programs["R"]


def test_values_of_the_data_are_shown_only_if_asked_for(tmp_path: Path) -> None:
    secret = PortSchema(
        columns=(
            ColumnSchema(name="salary", type=pa.float64()),
            ColumnSchema(name="who", type=pa.large_string(), categories=("Ada", "Alan")),
            ColumnSchema(name="since", type=pa.timestamp("us")),
        ),
        sample={"salary": 12345.5, "who": "Ada", "since": "2020-03-04T00:00:00"},
    )
    schema = ServiceSchema(
        inputs={"input1": secret},
        outputs={"output1": secret},
        parameters=[
            Parameter(name="Table", label="", kind=ParameterKind.TEXT, default="staff"),
            Parameter(name="Year", label="", kind=ParameterKind.INTEGER, required=True),
        ],
    )
    for shown in (True, False):
        with serving(tmp_path / str(shown), schema=schema, sample_rows=shown) as server:
            assert server.call().status_code == 400  # it is loaded
            page = httpx.get(pages(server)[0]).text
        for value in ("12345.5", "Ada", "Alan", "2020", "staff"):
            assert (value in page) is shown, value
        for name in ("salary", "who", "since", "Table", "Year", "required", "Sample reply"):
            assert name in page
