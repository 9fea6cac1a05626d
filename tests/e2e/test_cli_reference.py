"""The reference pages say what the command line does."""

import importlib.util
import re
from pathlib import Path
from typing import Any

from .command_line import CommandLine

DOCS = Path(__file__).parents[2] / "docs"


def generator(name: str) -> Any:
    """A program of the documentation, which is no package."""
    specification = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_command_line_reference_is_up_to_date() -> None:
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    made = generator("generate_cli_reference").cli_reference()
    assert page == made, "run: python docs/generate_cli_reference.py"


def test_the_module_reference_is_up_to_date() -> None:
    page = (DOCS / "reference" / "module-library.md").read_text(encoding="utf-8")
    made = generator("generate_module_reference").module_reference()
    assert page == made, "run: python docs/generate_module_reference.py"


def test_the_page_of_retired_calls_is_up_to_date() -> None:
    page = (DOCS / "reference" / "retired-calls.md").read_text(encoding="utf-8")
    made = generator("generate_retired_calls").retired_calls()
    assert page == made, "run: python docs/generate_retired_calls.py"


def test_the_command_line_reference_has_every_option_that_help_shows(studiolo: CommandLine) -> None:
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    for command in ("run", "show", "runs", "diff", "convert", "profile", "doctor"):
        section = page.partition(f"## studiolo {command}\n")[2].partition("\n## ")[0]
        shown = set(re.findall(r"--[a-z][a-z0-9-]*", studiolo(command, "--help").out))
        assert shown - {"--help"} == set(re.findall(r"`(--[a-z0-9-]+)", section)) - {"--help"}


def test_the_report_reference_has_every_key(studiolo: CommandLine) -> None:
    page = (DOCS / "reference" / "run-report.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_.*]+)`", page, re.MULTILINE))
    documented |= set(re.findall(r"`([a-z_]+)`", page))
    failed = studiolo.run("def azureml_main():\n    1 / 0\n", "--json").report
    drawn = studiolo.run(
        """
        import matplotlib.pyplot as plt, pandas as pd
        def azureml_main():
            plt.plot([1]); plt.savefig("a.png")
            return pd.DataFrame({"a": [1]})
        """,
        "--json",
    ).report
    assert _keys(failed["error"]) <= documented
    assert _keys({**drawn, "ports": None, "timings": None, "isolation": None}) <= documented
    for part in ("timings", "isolation", "device"):
        assert {f"{part}.{key}" for key in drawn[part]} <= documented
    (port,) = drawn["ports"].values()
    assert {f"ports.*.{key}" for key in port} <= documented
    for item in (port["columns"][0], drawn["device"]["images"][0], failed["error"]["frames"][0]):
        assert _keys(item) <= documented
    assert _keys(drawn["isolation"]["layers"][0]) <= documented


def _keys(document: dict[str, Any]) -> set[str]:
    return set(document) - {"device", "isolation", "timings"}
