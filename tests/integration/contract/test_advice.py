"""What the host says to a failure: where a library is, what a path or a date is here."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa
import pytest

from studiolo.environments.building.build import default_environment
from studiolo.runs.scripts import missing_library
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.explanation import explained
from studiolo.sandbox.exchange.job import Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable

from .conftest import zipped

Run = Callable[..., Outcome]
DAYS = pa.table({"n": [1], "day": [datetime.date(2017, 5, 1)]})
BLOCK = '# /// script\n# requires-python = ">=3.11"\n# ///\n'


@pytest.fixture
def message_of(run: Run) -> Callable[..., str]:
    def message(
        source: str, *, dataset1: pa.Table | None = None, bundle: Mapping[str, str | bytes] = {}
    ) -> str:
        outcome = run(source, dataset1=dataset1, bundle=bundle or None)
        assert outcome.failure is not None, outcome.device.console
        with MemoryFile.of_bytes(zipped(bundle), "bundle") as file:
            inputs = {}
            if dataset1 is not None:
                inputs["dataset1"] = SealedTable.of_file(MemoryFile.of_table(dataset1))
            job = Job(source=source, inputs=inputs, bundle=file if bundle else None)
            ran = Circumstances(environment=default_environment(), job=job)
            return explained(outcome.failure, ran).message

    return message


MessageOf = Callable[..., str]


def test_a_missing_library_says_which_environment_was_used() -> None:
    default = default_environment()
    block = '# /// script\n# dependencies = ["tqdm"]\n# ///\n'
    added = replace(default, name="script", locked=False, adds_to=default)
    for environment, source, used in (
        (default, "", "which the environment 'default' does not have. Add it with these lines"),
        (replace(default, name="sizes"), "", "which the environment 'sizes' does not have."),
        (
            added,
            block,
            "which the environment 'default' and the packages of the script's metadata block do not"
            ' have. Add "humanize" to the dependencies in line 2 of the script.',
        ),
        (
            replace(added, adds_to=None),
            block,
            "which the environment made for the script's metadata block does not have.",
        ),
    ):
        ran = Circumstances(environment=environment, job=Job(source=source, inputs={}))
        assert used in missing_library.sentence("humanize", ran)


@pytest.mark.parametrize(
    ("member", "advice"),
    [
        ("MyFolder/mod.py", "write `import MyFolder.mod`, or zip the content of the folder"),
        ("MyFolder/mod/__init__.py", "write `import MyFolder.mod`"),
        ("MyFolder\\mod.py", "write `import MyFolder.mod`"),
        ("Mod.py", "case-sensitive"),
        ("My Folder/mod.py", "My Folder/mod.py: zip the content of the folder"),
        ("mod.zip", "a zip inside of the zip"),
        ("mod-1.0-py2.7.egg", "a zip inside of the zip"),
    ],
)
def test_a_module_in_the_bundle_is_not_looked_for_elsewhere(
    message_of: MessageOf, member: str, advice: str
) -> None:
    message = message_of("import mod\ndef azureml_main(): ...", bundle={member: ""})
    shown = member.replace("\\", "/")
    assert f"The script bundle has {shown}" in message
    assert advice in message
    assert "dependencies" not in message


@pytest.mark.parametrize("member", ["mod.py", "mod/__init__.py", "tools/mod.py"])
def test_a_module_in_a_zip_of_any_name_inside_of_the_bundle(
    message_of: MessageOf, member: str
) -> None:
    bundle = {"data.csv": "a", "more/Inner.ZIP": zipped({member: ""})}
    message = message_of("import mod\ndef azureml_main(): ...", bundle=bundle)
    assert "The script bundle has more/Inner.ZIP, a zip inside of the zip" in message


@pytest.mark.parametrize("content", [b"no zip", zipped({"mod.py": ""})[:-9]])
def test_a_damaged_zip_inside_of_the_bundle_is_passed_over(
    message_of: MessageOf, content: bytes
) -> None:
    message = message_of("import mod\ndef azureml_main(): ...", bundle={"inner.zip": content})
    assert "the environment 'default' does not have" in message


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        ("", '# dependencies = ["nosuchmod"]'),
        (BLOCK, "below line 1 of the script"),
        (
            '# /// script\n# dependencies = ["six"]\n# ///\n',
            'Add "nosuchmod" to the dependencies in line 2',
        ),
    ],
)
def test_what_to_add_for_a_library(message_of: MessageOf, head: str, advice: str) -> None:
    message = message_of(f"{head}import nosuchmod\ndef azureml_main(): ...")
    assert advice in message
    assert ("these lines at the top" in message) is not bool(head)


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("from azureml.core import Run", ["link to its run in Azure ML", "print"]),
        ("from azureml import Workspace", ["--dataset1"]),
    ],
)
def test_azure_has_sentences_of_its_own(message_of: MessageOf, line: str, facts: list[str]) -> None:
    message = message_of(f"{line}\ndef azureml_main(): ...")
    assert all(fact in message for fact in facts), message
    assert "dependencies" not in message


@pytest.mark.parametrize(
    "expression",
    [
        "frame['day'].apply(lambda day: day.split('-')[0])",
        "frame['day'].str.split('-')",
        "frame['day'].apply(lambda day: day[:4])",
        "frame['day'].apply(lambda day: datetime.datetime.strptime(day, '%Y-%m-%d'))",
        "frame['day'].apply(lambda day: '>' + day)",
    ],
)
def test_a_script_that_takes_dates_for_text_is_told(message_of: MessageOf, expression: str) -> None:
    source = f"import datetime\ndef azureml_main(frame):\n    return {expression}"
    message = message_of(source, dataset1=DAYS)
    assert "The column 'day' was read as dates, not as text." in message
    assert "frame['day'].dt.strftime(\"%Y-%m-%d\")" in message


@pytest.mark.parametrize(
    "expression",
    [
        r"open('C:\\Users\\me\\a.csv')",
        "pd.read_csv('C:/Users/me/a.csv')",
        "pd.read_csv('C://Users/me/a.csv')",
    ],
)
def test_a_path_of_another_machine_is_told(message_of: MessageOf, expression: str) -> None:
    message = message_of(f"import pandas as pd\ndef azureml_main():\n    {expression}")
    assert "belongs to a different machine" in message
    assert "fsspec" not in message
    assert "dependencies" not in message


def test_an_old_pickle_is_told_from_an_import(message_of: MessageOf) -> None:
    source = (
        "import pickle\ndef azureml_main():\n"
        "    return pickle.load(open('Script Bundle/model.pkl', 'rb'))"
    )
    old = {"model.pkl": b"csklearn.tree.tree\nDecisionTreeClassifier\n."}
    message = message_of(source, bundle=old)
    assert "does not import this" in message
    assert "Train the model again" in message


@pytest.mark.parametrize(
    "named", ["\\x1b[93mstopwords\\x1b[0m", "'stopwords'"], ids=["nltk 3.8", "nltk 3.10"]
)
def test_the_data_of_nltk(message_of: MessageOf, named: str) -> None:
    source = (
        'def azureml_main():\n    raise LookupError("\\n" + "*" * 70 + "\\n  Resource '
        f'{named} not found.\\n  Please use the NLTK Downloader")'
    )
    message = message_of(source)
    assert message.splitlines()[0].startswith("Resource ")
    assert "nltk.downloader -d nltk_data stopwords`" in message
    assert "studiolo environment add-data nltk stopwords --from nltk_data" in message
    assert "nltk.data.path.append" in message
    assert "Please use" not in message


def test_pip_says_what_to_do_instead(run: Run) -> None:
    source = (
        "import os\ndef azureml_main():\n    print(os.system('pip install --upgrade jellyfish'))"
    )
    console = run(source).device.console
    assert console.count("\n") == 2
    assert "nothing is installed during a run" in console.splitlines()[0]
    assert '# dependencies = ["jellyfish"]' in console.splitlines()[0]
    assert console.endswith("256\n")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("pip install jellyfish 'six>=1.16'", '"jellyfish", "six>=1.16"'),
        ("conda install -y -c conda-forge six", '"six"'),
        ("pip install -r requirements.txt", '"NAME"'),
    ],
)
def test_pip_names_all_that_was_asked_for(run: Run, command: str, named: str) -> None:
    source = f"import os\ndef azureml_main():\n    os.system({command!r})"
    assert f"# dependencies = [{named}]\n" in run(source).device.console


def test_a_script_has_no_arguments_of_ours(run: Run) -> None:
    source = (
        "import argparse, sys\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--x', default='1')\n"
        "print(parser.parse_args().x, sys.argv)\ndef azureml_main(): ..."
    )
    assert run(source).device.console == "1 ['script.py']\n"


@pytest.mark.parametrize(
    "command",
    [
        "'pip', 'install'",
        "'pip3', 'install'",
        "sys.executable, '-m', 'pip', 'install'",
        "'conda', 'install', '-y'",
        "'easy_install'",
    ],
)
def test_what_installs_packages_says_where_to_name_them(run: Run, command: str) -> None:
    outcome = run(
        "import subprocess, sys\n"
        "def azureml_main():\n"
        f"    done = subprocess.run([{command}, 'xgboost'], capture_output=True, text=True)\n"
        "    print(done.returncode, done.stderr)\n"
    )
    assert outcome.device.console.startswith("1 ")
    assert outcome.device.console.rstrip().endswith('at its top: # dependencies = ["xgboost"]')
    assert outcome.device.console.strip().count("\n") == 0


def test_an_installer_that_is_imported_is_not_to_be_installed(message_of: MessageOf) -> None:
    said = message_of("def azureml_main():\n    import pip\n    pip.main(['install', 'x'])\n")
    assert "nothing is installed during a run" in said
    assert '# dependencies = ["x"]' in said


def test_a_line_for_a_notebook_is_named_as_one(message_of: MessageOf) -> None:
    said = message_of("!pip install -q six 'humanize>=4'\ndef azureml_main(): ...\n")
    assert '# dependencies = ["six", "humanize>=4"]' in said
    said = message_of("%matplotlib inline\ndef azureml_main(): ...\n")
    assert said.endswith(
        "The line is for a notebook, not Python. Delete it: a run keeps all figures."
    )
