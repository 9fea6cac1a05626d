"""Data of NLTK that a workspace keeps are found by scripts as they are."""

from pathlib import Path

import pytest

from studiolo.environments.environment import DEFAULT, packaged_lock
from studiolo.environments.interpreter import running_interpreter
from studiolo.environments.lock_file import LockFile

from .workspace_folder import WorkspaceFolder

SCRIPT = """\
import nltk
import pandas as pd
from nltk.corpus import stopwords


def azureml_main():
    try:
        open(nltk.data.path[0] + "/corpora/stopwords/english", "a")
        written = "yes"
    except OSError:
        written = "no"
    words = " ".join(stopwords.words("english"))
    return pd.DataFrame({"words": [words], "written": [written]})
"""


@pytest.fixture
def here(tmp_path: Path) -> WorkspaceFolder:
    """A workspace, with an environment that is the default one under a name of its own."""
    here = WorkspaceFolder(tmp_path)
    here.write("environments/plain.toml", "packages = []\n")
    python = ".".join(map(str, running_interpreter().version[:2]))
    lock = LockFile(base=DEFAULT, python=python, requirements=(), packages=packaged_lock(DEFAULT))
    lock.write(tmp_path / "environments" / "plain.lock", renewed_by="")
    here.write("nltk_data/corpora/stopwords/english", "the\nof\n")
    here.write("words.py", SCRIPT)
    here.experiment(
        "words",
        "name: W\nnodes: {words: {module: execute-python-script, script: words.py}}\n",
        {"words.py": SCRIPT},
    )
    return here


def state(here: WorkspaceFolder) -> str:
    """The state of the node after a run of the experiment."""
    ran = here("run", "words", "--json")
    assert ran.code == 0, ran.err
    return str(ran.report["nodes"]["words"]["state"])


def test_scripts_find_data_that_were_added(here: WorkspaceFolder) -> None:
    missing = here("run", "words.py", "--output", "-")
    assert missing.code != 0
    assert "studiolo environment add-data nltk stopwords --from nltk_data" in missing.err
    added = here("environment", "add-data", "nltk", "stopwords", "--from", "nltk_data")
    assert (added.code, added.out) == (0, "Added nltk corpora/stopwords.\n"), added.err
    for environment in ("default", "plain"):
        ran = here("run", "words.py", "--output", "-", "--environment", environment)
        assert (ran.code, ran.out) == (0, "words,written\nthe of,no\n"), ran.err
        shown = here("environment", "show", environment)
        assert "data of NLTK: corpora/stopwords\n" in shown.out
    assert state(here) == "finished"
    assert state(here) == "kept"
    # What changes results is part of the recipe.
    here.write("nltk_data/corpora/stopwords/english", "a\n")
    here("environment", "add-data", "nltk", "stopwords", "--from", "nltk_data")
    assert state(here) == "finished"
    removed = here("environment", "remove-data", "nltk", "stopwords")
    assert (removed.code, removed.out) == (0, "Removed nltk corpora/stopwords.\n"), removed.err
    assert here("run", "words.py", "--output", "-").code != 0


def test_mistakes_are_told(here: WorkspaceFolder) -> None:
    wrong = here("environment", "add-data", "nltk", "stopword", "--from", "nltk_data")
    assert wrong.code != 0
    assert 'Did you mean "stopwords"?' in wrong.err
    assert "python -m nltk.downloader -d nltk_data stopword" in wrong.err
    unknown = here("environment", "add-data", "spacy", "en", "--from", "nltk_data")
    assert unknown.code == 2
    assert "spacy" in unknown.err
