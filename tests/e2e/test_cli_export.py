"""`studiolo export`: a program without Studiolo that gives what the experiment gives."""

import contextlib
import pickle
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.reading.files import read_dataset, write_dataset
from studiolo.environments.environment import Environment
from studiolo.runs.frames import frame_of
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.workspace.workspace import Workspace

from .workspace_folder import WorkspaceFolder

EXAMPLES = Path(__file__).parents[2] / "examples"
#: Runs a program's `main` as it would run itself, and keeps its results with their types.
IN_A_PROGRAM = """\
import pathlib, pickle, runpy, sys
program, datasets, results = sys.argv[1:]
made = runpy.run_path(program)["main"](pathlib.Path(datasets))
pathlib.Path(results).write_bytes(pickle.dumps(made))
assert not [name for name in sys.modules if name.startswith("studiolo")]
"""
PEOPLE = """\
code,age,height,member,born,seen,word,NA
007, 31,1.5,true,1990-01-31,2020-01-31T12:00:00.123456+02:00,"a, b",x
012,NA,nan,,,2021-02-03T04:05Z,NA,
100,-5,,false,2001-02-03,,,"y ""z"" w"
099,1234567890123456789,-inf,false,2001-02-04,2020-01-31 12:00Z,한국,
"""
TYPES = """\
import datetime, decimal
import numpy as np
import pandas as pd

def azureml_main(frame):
    rows = len(frame)
    twice = pd.concat([frame, frame[["code"]].rename(columns={"code": "age"})], axis=1)
    return twice.assign(
        whole=pd.array(range(rows), dtype="Int64"),
        gaps=pd.array([None, *range(rows - 1)], dtype="UInt8"),
        objects=pd.Series([1, 2.5, None, 4], dtype=object),
        large=pd.Series([2**63, 1, 2, 3], dtype=object),
        flags=pd.Series([True, None, False, True], dtype=object),
        mixed=pd.Series([1, "a", None, datetime.date(2020, 1, 1)], dtype=object),
        days=pd.Series([datetime.date(2020, 1, 1), None, None, None], dtype=object),
        money=pd.Series([decimal.Decimal("1.50"), None, None, None], dtype=object),
        half=np.arange(rows, dtype="float16"),
        kind=pd.Categorical(["b", "a", None, "b"], categories=["b", "a", "c"], ordered=True),
        period=pd.period_range("2020-01", periods=rows, freq="M"),
        nothing=pd.Series([None] * rows, dtype=object),
    ).set_index("code")
"""
#: Files in whose form there is something to be guessed.
GUESSED = {
    "semicolons": 'a;"b c"\n1; 2.5\n3;4\n',
    "tabs": "a\tb\n1\tx y\n2\tz\n",
    "row names": 'x\ty\n"1"\t1\t2\n"2"\t3\t4\n',
    "index": '"","x"\n"a",1\n"b",2\n',
    "separator line": "sep=;\r\na;b\r\n1;2\r\n3;4\r\n",
    "commas": "day;price\n01.02.2020;1,5\n02.02.2020;2,5\n",
    "blanks": "a,b\n1 ,2\n3 ,4\n\x1a",
}
EXPERIMENTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "types": (
        """
        name: All types
        nodes:
          people: {dataset: people.csv}
          types: {module: execute-python-script, script: types.py, inputs: {dataset1: people}}
        """,
        {"types.py": TYPES},
    ),
    "formats": (
        """
        name: All formats that a program reads
        nodes:
          people: {dataset: people.csv}
          bare: {dataset: bare.nh.tsv}
          lines: {dataset: lines.txt}
          objects: {dataset: folder/objects.jsonl}
          parquet: {dataset: kinds.parquet}
          arrow: {dataset: kinds.arrow}
          feather: {dataset: kinds.feather}
          imported: {module: import-data, parameters: {file: kinds.parquet}}
          queried: {module: import-data, parameters: {file: shop.db, query: select * from t}}
          typed in:
            module: enter-data-manually
            parameters:
              data: |
                code,n,x,day,seen
                007,1,NaN,2020-01-31,2020-01-31T12:00
                "a ""b",,1e300,,2020-01-31T12:00:00.123456789
          nominal:
            module: enter-data-manually
            parameters:
              data_format: ARFF
              data: |
                @relation r
                @attribute colour {red, green}
                @attribute n integer
                @data
                green, 1
                ?, ?
          sparse:
            module: enter-data-manually
            parameters: {data_format: SvmLight, data: "1 1:0.5 3:2\\n0 2:1\\n"}
        """,
        {},
    ),
    "ports": (
        """
        name: Which frame becomes which argument, and what comes out
        nodes:
          people: {dataset: people.csv}
          second: {module: execute-python-script, script: two.py, inputs: {dataset2: people}}
          slot:
            module: execute-python-script
            script: two.py
            inputs: {dataset2: people}
            port_binding: slot
          none: {module: execute-python-script, script: two.py}
          both outputs:
            module: execute-python-script
            script: pair.py
            inputs: {dataset1: people, dataset2: people}
            parameters: {n: 3, flag: true}
          first: {module: execute-python-script, script: two.py, inputs: {dataset1: both outputs}}
          다음:
            module: execute-python-script
            script: two.py
            inputs: {dataset1: both outputs.results_dataset2}
        """,
        {
            "two.py": """\
                import pandas as pd
                def azureml_main(a, b):
                    said = ["None" if x is None else ",".join(x) for x in (a, b)]
                    if a is not None:
                        a["code"] = "changed"
                    return pd.Series(said)
                """,
            "pair.py": """\
                def azureml_main(a, b, *, n: int, flag=False):
                    a["code"] = [n, flag, 1, 2]
                    return a, {"n": [n], "same": [list(a.code) == list(b.code)]}
                """,
        },
    ),
    "sources": (
        """
        name: Scripts that mean another thing inside of a function
        nodes:
          star: {module: execute-python-script, script: star.py}
          future: {module: execute-python-script, script: future.py}
          counter: {module: execute-python-script, script: counter.py}
          pickled: {module: execute-python-script, script: pickled.py}
          named: {module: execute-python-script, script: named.py}
          quotes: {module: execute-python-script, script: quotes.py}
          lambda: {module: execute-python-script, script: lambda.py, inputs: {dataset1: star}}
        """,
        {
            "star.py": "from math import *\n\n\ndef azureml_main():\n    return sqrt(2)\n",
            "future.py": '''\
                """With 'quotes' and """
                from __future__ import annotations
                def azureml_main(*, a: int = 1) -> Unknown:
                    return {"a": a}, azureml_main.__annotations__
                ''',
            "counter.py": """\
                count = 1
                def up():
                    global count
                    count += 1
                def azureml_main():
                    up()
                    return count
                """,
            "pickled.py": """\
                import pickle
                class Model:
                    n = 5
                def azureml_main():
                    return pickle.loads(pickle.dumps(Model())).n
                """,
            "named.py": '''\
                import pandas as pd
                text = """line
                    line
                """
                def azureml_main():
                    """Tells.

                    More.
                    """
                    return pd.DataFrame({"a": [text, str(__name__ == "__main__"), f"""{
                text}
                  x"""]})
                if __name__ == "__main__":
                    raise SystemExit("it is no program")
                ''',
            "quotes.py": """\
                from __future__ import annotations
                text = '''a''' + \"""b\""" + "\\\\"
                def azureml_main():
                    return text
                """,
            "lambda.py": "azureml_main = lambda a, b: [a]\n",
        },
    ),
    "bundles": (
        """
        name: Two bundles with a module of the same name
        nodes:
          one: {dataset: one.zip}
          two: {dataset: two.zip}
          first: {module: execute-python-script, script: say.py, inputs: {script_bundle: one}}
          second: {module: execute-python-script, script: say.py, inputs: {script_bundle: two}}
          unpacked:
            module: unpack-zipped-datasets
            inputs: {dataset: one}
            parameters: {dataset_to_unpack: data.csv, file_has_header_row: true}
        """,
        {
            "say.py": """\
                from pathlib import Path
                from words import WORD
                def azureml_main():
                    Path(f"{WORD}.txt").write_text(WORD)
                    return WORD + Path("Script Bundle/data.csv").read_text()
                """
        },
    ),
    "seeds": (
        """
        name: Seeds
        nodes:
          numbers: {module: execute-python-script, script: draw.py, seed: 5}
          again: {module: execute-python-script, script: draw.py, seed: 5}
        """,
        {
            "draw.py": """\
                import random
                import numpy as np
                START = np.random.rand()
                def azureml_main():
                    return [np.array([START, np.random.rand(), random.random()])]
                """
        },
    ),
    "own modules": (
        """
        name: Modules that say nothing of their outputs
        nodes:
          people: {dataset: people.csv}
          one: {module: one-frame, inputs: {frame: people}}
          behind: {module: one-frame, inputs: {frame: one}}
          halves: {module: two-frames, inputs: {frame: people}}
          last: {module: one-frame, inputs: {frame: halves.results_dataset2}}
        """,
        {
            "../../modules/one_frame.py": """\
                def azureml_main(frame, *, times: int = 2):
                    frame["age"] = frame["age"] * times
                    return frame
                """,
            "../../modules/two_frames.py": """\
                def azureml_main(frame):
                    return frame[:2], frame[2:]
                """,
        },
    ),
    "preparation": (
        """
        name: |
          "Quotes", back\\slashes and \"\"\"more\"\"\"
        description: Ends in a "quote"
        nodes:
          pima: {dataset: pima-indians-diabetes.csv}
          split:
            module: split-data
            inputs: {dataset: pima}
            parameters: {fraction: 0.3, random_seed: 3}
          select:
            module: select-columns-in-dataset
            inputs: {dataset: split}
            parameters:
              select_columns:
                begin: all
                rules: [{exclude: {types: [floating point]}}, {exclude: {indices: "1-2"}}]
          labelled:
            module: edit-metadata
            inputs: {dataset: split.results_dataset2}
            parameters:
              column: [Class variable (0 or 1)]
              fields: Labels
              categorical: Categorical
          roles:
            module: select-columns-in-dataset
            inputs: {dataset: labelled}
            parameters: {select_columns: {begin: none, rules: [{include: {roles: [label]}}]}}
          cleaned:
            module: clean-missing-data
            inputs: {dataset: labelled}
          query:
            module: apply-sql-transformation
            inputs: {table1: select, table3: select}
            parameters: {sql_query_script: "select count(*) as n from t1 join t3"}
          exported:
            module: export-data
            inputs: {dataset: select}
            parameters: {file: out/exported.csv, write_mode: Overwrite}
            comment: |
              Two lines of
              a comment
        """,
        {},
    ),
}


class Exports(WorkspaceFolder):
    """A workspace that is open, and what its experiments give with and without Studiolo."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.workspace = Workspace(folder)
        self._programs: dict[str, str] = {}

    @property
    def datasets(self) -> Path:
        return self.folder / "datasets"

    def result(self, name: str) -> ExperimentResult:
        """What Studiolo gives."""
        result = self.workspace.run(self.workspace.experiment(name))
        failures = {n: node.failure.message for n, node in result.nodes.items() if node.failure}
        assert not failures
        return result

    def program(self, name: str) -> str:
        """The program that an experiment is exported to, once."""
        if name not in self._programs:
            ended = self("export", f"experiments/{name}")
            assert (ended.code, ended.err) == (0, "")
            self._programs[name] = ended.out
        return self._programs[name]

    def frames(self, name: str, folder: Path) -> Mapping[str, pd.DataFrame]:
        """What the exported program gives, run in another folder."""
        program = folder / "program.py"
        program.write_text(self.program(name), encoding="utf-8")
        (folder / "run.py").write_text(IN_A_PROGRAM, encoding="utf-8")
        results = folder / "results"
        run(folder, "run.py", program, self.datasets, results)
        frames: Mapping[str, pd.DataFrame] = pickle.loads(results.read_bytes())
        return frames


@pytest.fixture(scope="module")
def exports(
    tmp_path_factory: pytest.TempPathFactory, default_environment: Environment
) -> Iterator[Exports]:
    exports = Exports(tmp_path_factory.mktemp("exports"))
    for name, (text, scripts) in EXPERIMENTS.items():
        exports.experiment(name, text, scripts)
    exports.write("datasets/people.csv", PEOPLE)
    exports.write("datasets/bare.nh.tsv", '1\t" a"\n2\t\n')
    exports.write("datasets/lines.txt", "a\n\n  b, c\n")
    with contextlib.closing(sqlite3.connect(exports.datasets / "shop.db")) as made:
        made.executescript("create table t (n int, x text); insert into t values (1, 'a')")
    exports.write("datasets/folder/objects.jsonl", '{"a": 1, "t": "x"}\n{"b": true, "t": 1.5}\n')
    for extension in ("parquet", "arrow", "feather"):
        write_dataset(kinds(), exports.datasets / f"kinds.{extension}")
    for name in ("one", "two"):
        exports.bundle({"words.py": f"WORD = '{name}'\n", "data.csv": "a\n1\n"}, f"{name}.zip")
        (exports.folder / f"{name}.zip").rename(exports.datasets / f"{name}.zip")
    for file in (EXAMPLES / "datasets").iterdir():
        (exports.datasets / file.name).write_bytes(file.read_bytes())
    for folder in (EXAMPLES / "experiments").iterdir():
        for file in folder.iterdir():
            exports.write(f"experiments/{folder.name}/{file.name}", file.read_text("utf-8"))
    with exports.workspace:
        yield exports


def kinds() -> Dataset:
    """A dataset of columns that only binary formats keep."""
    table = pa.table(
        {
            "n": pa.array([2**60 + 1, None], pa.int64()),
            "small": pa.array([1, 2], pa.int8()),
            "flag": pa.array([None, True]),
            "text": pa.array(["a", None], pa.large_string()),
            "kind": pa.array(["b", None]).dictionary_encode(),
            "day": pa.array([0, None], pa.int32()).cast(pa.date32()),
            "at": pa.array([1, None]).cast(pa.timestamp("ns", "Europe/Lisbon")),
            "span": pa.array([1, None]).cast(pa.duration("ms")),
            "bytes": pa.array([b"a", None], pa.large_binary()),
            "x": pa.array([1.5, 2.5], pa.float32()),
        }
    )
    return Dataset(table=table, roles={"n": ColumnRole.LABEL})


def run(folder: Path, *arguments: str | Path) -> str:
    """Run a program where nothing but the installed packages can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name", [*EXPERIMENTS, *sorted(path.name for path in (EXAMPLES / "experiments").iterdir())]
)
def test_a_program_gives_what_the_experiment_gives(
    exports: Exports, name: str, tmp_path: Path
) -> None:
    frames = exports.frames(name, tmp_path)
    result = exports.result(name)
    assert frames
    for shown, frame in frames.items():
        node, _, port = shown.partition(".")
        ports = result[node].ports
        if frame is None:
            assert port not in ports
            continue
        expected = frame_of(result[node].dataset(port or None).table, nullable=True)
        pd.testing.assert_frame_equal(frame, expected, rtol=1e-6)
        roles = result[node].dataset(port or None).roles
        assert frame.attrs.get("roles", {}) == {n: str(role) for n, role in roles.items()}


@pytest.mark.parametrize("name", ["preparation", "rank-features", "query-and-join"])
def test_a_program_writes_its_results(exports: Exports, name: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(exports.program(name), encoding="utf-8")
    said = run(tmp_path, "program.py", exports.datasets, "--write", "results")
    result = exports.result(name)
    written = {path.stem: path for path in (tmp_path / "results").glob("*.csv")}
    assert written
    for shown, path in written.items():
        node, _, port = shown.partition(".")
        dataset = result[node].dataset(port or None)
        write_dataset(dataset, tmp_path / "expected.csv")
        expected = read_dataset(tmp_path / "expected.csv").table
        assert read_dataset(path).table.equals(expected), shown
        rows = dataset.table.num_rows
        assert f"\n{shown}: {rows:,} row{'s' * (rows != 1)}, " in said


@pytest.mark.parametrize("name", [*EXPERIMENTS, "predict-diabetes", "rank-features"])
def test_a_program_is_free_of_mistakes(exports: Exports, name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(exports.program(name), encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E9,F", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not checked.returncode, checked.stdout
    assert len(re.findall(r"^# /// script$", program.read_text("utf-8"), re.M)) == 1


def test_what_export_data_writes_lies_below_the_datasets(exports: Exports, tmp_path: Path) -> None:
    frames = exports.frames("preparation", tmp_path)
    written = read_dataset(exports.datasets / "out" / "exported.csv").table
    assert written.to_pydict() == frames["exported"].to_dict("list")


def test_what_a_script_saves_beside_its_bundle_is_kept(exports: Exports, tmp_path: Path) -> None:
    exports.frames("bundles", tmp_path)
    assert (tmp_path / "one.txt").read_text() == "one"
    assert (tmp_path / "two.txt").read_text() == "two"
    assert not (tmp_path / "Script Bundle").exists()


def test_open_figures_are_saved_with_the_results(exports: Exports, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(exports.program("several-figures"), encoding="utf-8")
    run(tmp_path, "program.py", exports.datasets, "--write", "results")
    assert {"age.png", "glucose.png"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "results" / "draw-figure-3.png").exists()


def test_a_program_reads_as_the_experiment(exports: Exports) -> None:
    program = exports.program("ports")
    assert "    both_outputs, both_outputs_results_dataset2 = script_datasets(" in program
    assert "    second = script_dataset(_two()(with_floats(people), None), [people])\n" in program
    assert "    slot = script_dataset(_two()(None, with_floats(people)), [people])\n" in program
    assert "    다음 = script_dataset(\n" in program
    assert "_two()(with_floats(both_outputs_results_dataset2), None)" in program
    assert "_pair()(with_floats(people), with_floats(people), n=3, flag=True)" in program


def test_a_program_reads_files_as_studiolo_guessed_them(exports: Exports, tmp_path: Path) -> None:
    nodes = []
    for name, text in GUESSED.items():
        exports.write(f"datasets/{name}.csv", text)
        imported = f"{{module: import-data, parameters: {{file: {name}.csv}}}}"
        nodes += [f"  {name}: {{dataset: {name}.csv}}", f"  {name} imported: {imported}"]
    exports.experiment("guessed", "\n".join(["name: Guessed", "nodes:", *nodes]))
    frames = exports.frames("guessed", tmp_path)
    assert len(frames) == 2 * len(GUESSED)
    result = exports.result("guessed")
    for name, frame in frames.items():
        expected = frame_of(result[name].dataset().table, nullable=True)
        pd.testing.assert_frame_equal(frame, expected, obj=name)


def test_seeds_and_what_was_drawn_are_lines_of_the_program(exports: Exports) -> None:
    assert exports.program("seeds").count("    seed(5)\n") == 2
    source = "import numpy as np\ndef azureml_main():\n    return [np.random.rand(2)]\n"
    nodes = "nodes:\n  numbers: {module: execute-python-script, script: draw.py}\n"
    exports.experiment("drawn", f"name: Drawn\n{nodes}", {"draw.py": source})
    drawn = exports.result("drawn")["numbers"].record.draw
    assert drawn is not None
    said = "    # Drawn in Studiolo; without this line each run draws anew.\n"
    assert f"{said}    seed({drawn})\n" in exports.program("drawn")
    assert said not in exports.program("seeds")


def test_a_file_is_written_whole_or_not_at_all(exports: Exports) -> None:
    ended = exports("export", "experiments/seeds", "--output", "program.py")
    assert (ended.code, ended.out, ended.err) == (0, "", "program.py: 2 nodes\n")
    assert exports.read("program.py") == exports.program("seeds").replace("seeds.py", "program.py")
    ended = exports("export", "experiments/seeds", "--output", "nowhere/program.py")
    assert ended.code == 2
    assert "error[program-unwritable]" in ended.err
    exports.experiment("bad", "name: Bad\nnodes:\n  a: {module: no-such-module}\n")
    ended = exports("export", "experiments/bad", "--output", "program.py")
    assert ended.code == 2
    assert "error[module-unknown]" in ended.err
    assert "2 nodes" not in exports.read("program.py")
    assert not [name for name in exports.names if name.startswith(".program")]


def test_formats_that_only_studiolo_reads_are_refused(exports: Exports) -> None:
    exports.write("datasets/a.arff", "@relation r\n@attribute n numeric\n@data\n1\n")
    exports.experiment("arff", "name: A\nnodes:\n  a: {dataset: a.arff}\n")
    ended = exports("export", "experiments/arff")
    assert (ended.code, ended.out) == (2, "")
    assert 'error[export-format]: Without Studiolo, a program does not treat "a.arff"' in ended.err
    assert 'studiolo convert "a.arff" "a.parquet"' in ended.err


def test_a_python_device_as_a_dataset_is_refused(exports: Exports) -> None:
    exports.write("experiments/device/draw.py", "def azureml_main():\n    print(1)\n")
    nodes = """
  draw: {module: execute-python-script, script: draw.py}
  text: {module: convert-to-csv, inputs: {dataset: draw.python_device}}
"""
    exports.experiment("device", f"name: A\nnodes:{nodes}")
    ended = exports("export", "experiments/device")
    assert (ended.code, ended.out) == (2, "")
    assert 'error[export-device]: The Python device of the node "draw" is connected' in ended.err


def test_what_a_program_does_otherwise_is_said(exports: Exports) -> None:
    exports.write("datasets/gaps.csv", 'a,b\n1,""\n2,\n')
    exports.experiment("gaps", "name: A\nnodes:\n  a: {dataset: gaps.csv}\n")
    ended = exports("export", "experiments/gaps")
    assert ended.code == 0
    assert 'warning: gaps.csv: the column "b" has both missing values and empty' in ended.err
    assert '- gaps.csv: the column "b" has both' in ended.out
