"""Files of the workspace that nodes read and write, and data that are typed in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from studiolo.datasets.reading.files import read_dataset
from studiolo.runs.experiments.progress import NodeProgress
from studiolo.store.run_record import NodeState

from ..workspaces import Watcher, WorkspaceFolder


@pytest.fixture
def datasets(place: WorkspaceFolder) -> Path:
    place.dataset("in.csv", "n,t\n1,x\n2,\n")
    return place.root / "datasets"


class TestExportData:
    def export(self, place: WorkspaceFolder, *files: str, mode: str = "Error") -> None:
        """An experiment that exports a dataset to these files, each by a node of that name."""
        nodes = ["data: {dataset: in.csv}"]
        for number, file in enumerate(files):
            nodes.append(
                f"out{number}: {{module: export-data, inputs: {{dataset: data}}, "
                f"parameters: {{file: {json.dumps(file)}, write_mode: {mode}}}}}"
            )
        place.experiment("\n".join(nodes))

    def test_a_dataset_becomes_a_file(self, place: WorkspaceFolder, datasets: Path) -> None:
        files = ["out.csv", "folder/데이터.parquet", "out.csv.gz", "out.tsv"]
        self.export(place, *files)
        ran = place.run()
        for number, file in enumerate(files):
            assert ran.table(f"out{number}") == {"n": [1, 2], "t": ["x", None]}
            assert read_dataset(datasets / file).table.to_pydict() == ran.table(f"out{number}")

    def test_a_file_that_is_there_is_replaced_only_if_that_was_asked_for(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        place.dataset("out.csv", "mine\n1\n")
        self.export(place, "out.csv")
        ran = place.run()
        code, number, message = ran.failure("out0")
        assert (code, number) == ("export-exists", 57)
        assert '"out.csv" already exists' in message
        assert (datasets / "out.csv").read_text() == "mine\n1\n"
        self.export(place, "out.csv", mode="Overwrite")
        assert place.run().status == "finished"
        assert (datasets / "out.csv").read_text() == "n,t\n1,x\n2,\n"

    def test_it_is_written_in_each_run(self, place: WorkspaceFolder, datasets: Path) -> None:
        self.export(place, "out.csv", mode="Overwrite")
        for _ in range(2):
            ran = place.run()
            assert ran.states["out0"] is NodeState.FINISHED
            (datasets / "out.csv").unlink()

    @pytest.mark.usefixtures("datasets")
    def test_a_file_outside_of_the_datasets_is_refused(self, place: WorkspaceFolder) -> None:
        files = ["../out.csv", "/tmp/out.csv", "a/../../out.csv", "..", "a/..", "a\0.csv"]
        before = sorted(place.root.rglob("*.csv"))
        self.export(place, *files, mode="Overwrite")
        ran = place.run()
        for number, file in enumerate(files):
            code, _, message = ran.failure(f"out{number}")
            assert code == "export-path"
            assert f'"{file}"' in message
        assert sorted(place.root.rglob("*.csv")) == before

    def test_a_link_that_leads_out_of_the_datasets_is_refused(
        self, place: WorkspaceFolder, datasets: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (outside / "mine.csv").write_text("mine\n1\n")
        (datasets / "folder").symlink_to(outside)
        (datasets / "file.csv").symlink_to(outside / "mine.csv")
        self.export(place, "folder/mine.csv", "folder/new.csv", "file.csv", mode="Overwrite")
        ran = place.run()
        for number in range(3):
            code, _, message = ran.failure(f"out{number}")
            assert code == "export-path"
            assert "symbolic link" in message
        assert [path.name for path in outside.iterdir()] == ["mine.csv"]
        assert (outside / "mine.csv").read_text() == "mine\n1\n"

    def test_a_file_that_can_not_be_written_is_a_failure_of_its_node(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        (datasets / "folder.csv").mkdir()
        codes = {
            "out.docx": "dataset-format-unknown",
            "out": "dataset-format-unknown",
            f"{'long' * 100}.csv": "dataset-file-unwritable",
            "in.csv/out.csv": "dataset-file-unwritable",
            "folder.csv": "dataset-file-unwritable",
        }
        self.export(place, *codes, mode="Overwrite")
        ran = place.run()
        assert [ran.failure(f"out{number}")[0] for number in range(5)] == list(codes.values())
        assert ran.ran() == {"data"}
        assert not list(datasets.rglob(".*"))

    def test_what_the_format_can_not_hold_is_said_and_nothing_is_written(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        place.experiment(
            """
            bytes: {module: execute-python-script, script: bytes.py}
            out: {module: export-data, inputs: {dataset: bytes}, parameters: {file: out.csv}}
            """,
            scripts={
                "bytes.py": "import pandas\ndef azureml_main():\n"
                "    return pandas.DataFrame({'b': [b'\\x00']})\n"
            },
        )
        ran = place.run()
        assert ran.failure("out")[0] == "dataset-format-cannot-hold"
        record = ran.result["out"].record
        assert record.started_at is not None
        assert record.seconds is not None, "it ran, and its cost is known"
        assert not (datasets / "out.csv").exists()

    def test_what_failed_before_the_export_writes_nothing(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        self.export(place, "  ")
        ran = place.run()
        assert ran.status == "failed"
        assert sorted(path.name for path in datasets.iterdir()) == ["in.csv"]


class TestImportData:
    @pytest.mark.usefixtures("datasets")
    def test_a_file_is_read_and_read_again_when_it_changed(self, place: WorkspaceFolder) -> None:
        place.experiment("in: {module: import-data, parameters: {file: in.csv}}")
        assert place.run().table("in") == {"n": [1, 2], "t": ["x", None]}
        assert place.run().kept() == {"in"}
        place.dataset("in.csv", "n,t\n3,z\n")
        ran = place.run()
        assert ran.table("in") == {"n": [3], "t": ["z"]}
        assert "the parameter file" in ran.reasons["in"]

    def test_how_the_file_was_read_is_in_the_log(self, place: WorkspaceFolder) -> None:
        place.dataset("in.csv", "n;t\n3;z\n4;y\n")
        place.experiment("in: {module: import-data, parameters: {file: in.csv}}")
        ran = place.run()
        assert ran.table("in") == {"n": [3, 4], "t": ["z", "y"]}
        assert "semicolons" in ran.result["in"].log[0]

    def test_the_same_bytes_in_another_format_are_another_dataset(
        self, place: WorkspaceFolder
    ) -> None:
        for name, columns in (("a.csv", ["n", "t"]), ("a.tsv", ["n,t"])):
            place.dataset(name, "n,t\n1,x\n")
            place.experiment(f"in: {{module: import-data, parameters: {{file: {name}}}}}")
            assert list(place.run().table("in")) == columns

    def test_a_file_that_does_not_follow_its_format_fails_with_its_line(
        self, place: WorkspaceFolder
    ) -> None:
        place.dataset("bad.arff", "@relation x\n@attribute n numeric\n@data\n1\nx\n")
        place.experiment(
            """
            in: {module: import-data, parameters: {file: bad.arff}}
            same: {dataset: bad.arff}
            """
        )
        ran = place.run()
        for node in ("in", "same"):
            code, _, message = ran.failure(node)
            assert code.startswith("dataset-")
            assert "5" in message


class TestEnterDataManually:
    TYPED: ClassVar[Mapping[str, dict[str, list[object]]]] = {
        '{data: "n,t\\n1,x\\n"}': {"n": [1], "t": ["x"]},
        '{data: "1,x\\n", has_header: false}': {"Col1": [1], "Col2": ["x"]},
        '{data: "n\\tt\\n1\\tx\\n", data_format: TSV}': {"n": [1], "t": ["x"]},
        '{data: "1 1:5\\n", data_format: SvmLight}': {"Col1": [5.0], "Labels": [1.0]},
        '{data: "@relation x\\n@attribute n numeric\\n@data\\n1\\n", data_format: ARFF}': {
            "n": [1.0]
        },
        '{data: "이름\\n값\\n"}': {"이름": ["값"]},
    }

    def test_text_is_a_dataset(self, place: WorkspaceFolder) -> None:
        nodes = (
            f"typed{number}: {{module: enter-data-manually, parameters: {parameters}}}"
            for number, parameters in enumerate(self.TYPED)
        )
        place.experiment("\n".join(nodes))
        ran = place.run()
        for number, table in enumerate(self.TYPED.values()):
            assert ran.table(f"typed{number}") == table

    def test_text_that_is_none_fails_with_its_place(self, place: WorkspaceFolder) -> None:
        place.experiment(
            'typed: {module: enter-data-manually, parameters: {data: "a,b\\n1,2,3\\n"}}'
        )
        code, _, message = place.run().failure("typed")
        assert code.startswith("dataset-")
        assert "Data" in message

    def test_a_format_that_there_is_not(self, place: WorkspaceFolder) -> None:
        place.module(
            "typed_in.py",
            """
            # /// script
            # [tool.studiolo.parameters.data]
            # kind = "data"
            # format = "way"
            # ///
            from typing import Literal
            def azureml_main(*, way: Literal["CSV", "YAML"] = "YAML", data):
                return data, None
            """,
        )
        place.experiment("typed: {module: typed-in, parameters: {data: 'a: 1'}}")
        code, _, message = place.run().failure("typed")
        assert code == "parameter-choice-unknown"
        assert '"YAML"' in message


class TestDatasetsUnderARun:
    """Dataset files belong to people, who replace and delete them at any time."""

    NODES = """
    data: {dataset: in.csv}
    next: {module: execute-python-script, script: same.py, inputs: {dataset1: data}}
    """
    SCRIPTS: ClassVar[Mapping[str, str]] = {
        "same.py": "def azureml_main(frame):\n    return frame\n"
    }

    class Meddler(Watcher):
        """Does something to the file once the first node is about to read it."""

        def __init__(self, file: Path, content: str | None) -> None:
            super().__init__()
            self.file, self.content = file, content

        def node_changed(self, progress: NodeProgress) -> None:
            if not self.told:
                self.file.unlink()
                if self.content is not None:
                    self.file.write_text(self.content)
            super().node_changed(progress)

    def test_a_file_that_is_deleted_fails_its_node(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        ran = place.run(observer=self.Meddler(datasets / "in.csv", None))
        assert ran.failure("data")[0] == "dataset-file-missing"
        assert ran.states["next"] is NodeState.SKIPPED
        place.dataset("in.csv", "n\n5\n")
        assert place.run().table("next") == {"n": [5]}

    def test_a_file_that_is_replaced_is_not_taken_for_what_was_planned(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        ran = place.run(observer=self.Meddler(datasets / "in.csv", "n\n9\n"))
        code, _, message = ran.failure("data")
        assert code == "dataset-changed"
        assert '"in.csv"' in message
        assert place.run().table("next") == {"n": [9]}

    def test_a_file_that_is_replaced_after_it_was_kept_does_no_harm(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        """The content is kept; under its name lies another one, as long and as old."""
        place.dataset("other.csv", "n,t\n1,x\n2,\n")
        place.experiment("other: {dataset: other.csv}", name="before")
        place.run("before")
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        ran = place.run(observer=self.Meddler(datasets / "in.csv", "n,t\n7,x\n8,\n"))
        assert ran.table("next") == {"n": [1, 2], "t": ["x", None]}
        then = place.run()
        assert then.table("data") == {"n": [7, 8], "t": ["x", None]}

    def test_a_dataset_that_is_gone_is_kept_as_a_version(
        self, place: WorkspaceFolder, datasets: Path
    ) -> None:
        place.experiment(self.NODES, scripts=self.SCRIPTS)
        place.run()
        (datasets / "in.csv").unlink()
        place.change("in.csv}", "in.csv, version: 1}")
        assert place.run().table("next") == {"n": [1, 2], "t": ["x", None]}
        assert place.run(again=True).table("data") == {"n": [1, 2], "t": ["x", None]}
