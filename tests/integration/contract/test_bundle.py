"""The third port: a zip beside the script, to import from and to read."""

import io
import zipfile
from collections.abc import Callable
from textwrap import dedent

import pyarrow as pa
from PIL import Image

from studiolo.sandbox.exchange.job import Failure, Outcome

Run = Callable[..., Outcome]
TableOf = Callable[..., pa.Table]
ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

MODULES = {
    "Hello.py": "def print_hello(name):\n    print('Hello,', name)\n",
    "package/__init__.py": "VALUE = 3\n",
    "package/inner/__init__.py": "",
    "package/inner/reader.py": (
        "import os\n"
        "def read():\n"
        "    here = os.path.dirname(__file__)\n"
        "    return open(os.path.join(here, 'beside.txt')).read()\n"
    ),
    "package/inner/beside.txt": "beside the module",
    "no_init/module.py": "X = 'namespace package'\n",
    "data/lookup.csv": "a,b\n1,2\n",
}


def test_modules_packages_and_folders_can_be_imported(console_of: ConsoleOf) -> None:
    source = """
        import package.inner.reader
        from Hello import print_hello
        from no_init.module import X
        from package import VALUE
        def azureml_main():
            print_hello("world")
            print(VALUE, X, package.inner.reader.read(), sep=", ")
    """
    printed = console_of(source, bundle=MODULES)
    assert printed == "Hello, world\n3, namespace package, beside the module\n"


def test_files_are_opened_by_a_path_from_the_working_directory(table_of: TableOf) -> None:
    source = """
        import pandas as pd
        def azureml_main():
            return pd.read_csv("Script Bundle/data/lookup.csv"),
    """
    assert table_of(source, bundle=MODULES).to_pydict() == {"a": [1], "b": [2]}


def test_folders_keep_their_structure_even_if_they_are_empty(console_of: ConsoleOf) -> None:
    source = """
        import os
        def azureml_main():
            for folder, _, files in os.walk("Script Bundle"):
                print(folder, sorted(files))
    """
    printed = console_of(source, bundle={"a/": "", "a/b/c.txt": "x"})
    assert printed == "Script Bundle []\nScript Bundle/a []\nScript Bundle/a/b ['c.txt']\n"


def test_a_bundle_cannot_replace_the_standard_library(console_of: ConsoleOf) -> None:
    source = """
        import colorsys
        import json
        def azureml_main():
            print(json.dumps(1), colorsys.ONE_SIXTH > 0)
    """
    bundle = {"json.py": "raise ValueError('bundle')\n", "colorsys.py": "raise ValueError()\n"}
    assert console_of(source, bundle=bundle) == "1 True\n"


def test_a_bundle_may_bring_its_own_version_of_a_library(console_of: ConsoleOf) -> None:
    source = "import requests, yaml\ndef azureml_main():\n    print(requests.MINE, yaml.MINE)"
    bundle = {"requests.py": "MINE = 1\n", "yaml/__init__.py": "MINE = 2\n"}
    assert console_of(source, bundle=bundle) == "1 2\n"


def test_but_not_of_one_that_the_sandbox_has_imported_already(console_of: ConsoleOf) -> None:
    source = "import pandas\ndef azureml_main():\n    print(hasattr(pandas, 'DataFrame'))"
    assert console_of(source, bundle={"pandas.py": "MINE = 1\n"}) == "True\n"


def test_the_next_run_sees_nothing_of_a_bundle(
    console_of: ConsoleOf, failure_of: FailureOf
) -> None:
    source = "import os\ndef azureml_main():\n    print(os.path.exists('Script Bundle'))"
    assert console_of(source, bundle=MODULES) == "True\n"
    assert console_of(source) == "False\n"
    assert failure_of("import Hello").code == "library-missing"


def test_pictures_of_the_bundle_are_not_shown_as_drawn(run: Run) -> None:
    logo = io.BytesIO()
    Image.new("RGB", (4, 4)).save(logo, "PNG")
    outcome = run("def azureml_main():\n    pass", bundle={"logo.png": logo.getvalue()})
    assert outcome.device.images == []


def test_a_picture_drawn_by_a_module_of_the_bundle_is_shown(run: Run) -> None:
    drawing = """
        import matplotlib
        matplotlib.use("agg")
        import matplotlib.pyplot as plt
        def draw():
            plt.plot([1, 2])
            plt.savefig("from the bundle.png")
    """
    source = "import plots\ndef azureml_main():\n    plots.draw()"
    outcome = run(source, bundle={"plots.py": dedent(drawing)})
    assert [image.name for image in outcome.device.images] == ["from the bundle.png"]


def test_a_damaged_bundle_says_so(failure_of: FailureOf) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", "x = 1\n" * 100)
    content = buffer.getvalue()
    # The data of its member: its table of contents, which the host reads, is whole.
    damaged = content[:36] + bytes(8) + content[44:]
    failure = failure_of("def azureml_main():\n    pass", bundle=damaged)
    assert (failure.code, failure.classic_number) == ("bundle-unreadable", 102)


def test_long_names(console_of: ConsoleOf, failure_of: FailureOf) -> None:
    source = """
        def azureml_main():
            for path in ("Script Bundle/{0}/{0}.txt", r".\\Script Bundle\\a.txt"):
                print(open(path).read())
    """
    name = "가" * 83
    bundle = {f"{name}/{name}.txt": "long", "a.txt": "short"}
    assert console_of(source.format(name), bundle=bundle) == "long\nshort\n"
    failure = failure_of(source.format(name), bundle={f"{name}가가.txt": ""})
    assert failure.code == "bundle-unreadable"
    assert "has a file whose name is too long" in failure.message
    assert "at most 255 bytes" in failure.message


def test_an_empty_bundle_is_an_empty_folder(console_of: ConsoleOf) -> None:
    source = "def azureml_main():\n    import os\n    print(os.listdir('Script Bundle'))"
    assert console_of(source, bundle={}) == "[]\n"


def test_backslashes_separate_folders(console_of: ConsoleOf) -> None:
    source = "import pkg.mod\ndef azureml_main():\n    print(pkg.mod.WORD)"
    assert console_of(source, bundle={"pkg\\mod.py": "WORD = 'found'\n"}) == "found\n"


WINDOWS = r"""
import os
import pickle
import sys
import zipfile

sys.path.append('.\\Script Bundle\\sub')
import inner
from Hello import print_hello

def azureml_main():
    print(pickle.load(open(r'.\Script Bundle\model.pkl', 'rb')), inner.Y)
    print(open('Script Bundle\\sub\\notes.txt').read())
    print(open(os.path.join('.\\Script Bundle', 'sub', 'notes.txt')).read())
    print(sorted(os.listdir('.\\Script Bundle')))
"""


def test_paths_of_windows_lead_into_the_bundle(run: Run) -> None:
    members: dict[str, str | bytes] = {
        "Hello.py": MODULES["Hello.py"],
        "model.pkl": b"\x80\x04K\x07.",
        "sub/inner.py": "Y = 6\n",
        "sub/notes.txt": "noted",
        "plot.png": b"no picture",
    }
    outcome = run(WINDOWS, bundle=members)
    assert outcome.failure is None, outcome.failure
    listed = "['Hello.py', 'model.pkl', 'plot.png', 'sub']"
    assert outcome.device.console == f"7 6\nnoted\nnoted\n{listed}\n"
    # The links are no pictures, and nothing is said of them.
    assert not [line for line in outcome.log if "plot" in line]
    assert not outcome.device.images


def test_without_such_paths_the_working_directory_holds_the_bundle_alone(
    console_of: ConsoleOf,
) -> None:
    source = "import os\ndef azureml_main():\n    print(os.listdir('.'))"
    assert console_of(source, bundle=MODULES) == "['Script Bundle']\n"
