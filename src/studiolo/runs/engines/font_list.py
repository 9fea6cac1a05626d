"""Matplotlib's list of the machine's fonts, made once for an environment.

Matplotlib makes it when it is first imported and keeps it in a folder that in a sandbox is always
new, so that every script that draws would wait for it, some seconds.
"""

from contextlib import suppress
from pathlib import Path

from studiolo.environments.environment import FONT_FOLDER, Environment
from studiolo.files.whole_file import replacing
from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.sandbox import Sandbox

_SCRIPT = """
import pathlib

import matplotlib
import matplotlib.font_manager
import pandas


def azureml_main():
    (made,) = pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*.json")
    return pandas.DataFrame({"name": [made.name], "content": [made.read_bytes()]})
"""


def make_font_list(environment: Environment, sandbox: Sandbox) -> None:
    """Let matplotlib make the list in ``sandbox`` and keep it; without one runs are only slower."""
    outcome = sandbox.run(Job(source=_SCRIPT, script_name="font_list.py"))
    if outcome.failure is not None:
        return
    (row,) = outcome.tables["results_dataset"].to_pylist()
    folder = environment.path / FONT_FOLDER
    # Someone else's environment may be read-only.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / Path(row["name"]).name) as sink:
            sink.write(row["content"])
