"""What travels between nodes: datasets without a copy, models, transforms, zips, roles."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from ..workspaces import Ran, WorkspaceFolder

LABELLED = "x,y,label\n" + "".join(f"{n},{n % 7},{int(n > 50)}\n" for n in range(100))


class TestWithoutCopies:
    #: 50 MB.
    ROWS, COLUMNS = 650_000, 10

    def test_what_is_handed_on_is_kept_once(self, place: WorkspaceFolder) -> None:
        numbers = np.random.default_rng(1).random((self.ROWS, self.COLUMNS))
        large = pd.DataFrame(numbers, columns=[f"c{n}" for n in range(self.COLUMNS)])
        content = io.BytesIO()
        large.to_parquet(content, compression=None)
        place.dataset("large.parquet", content.getvalue())
        place.experiment(
            """
            data: {dataset: large.parquet}
            one: {module: execute-python-script, script: same.py, inputs: {dataset1: data}}
            two: {module: execute-python-script, script: same.py, inputs: {dataset1: one}}
            some:
              module: select-columns-in-dataset
              inputs: {dataset: two}
              parameters: {select_columns: [c3, c1]}
            more: {module: execute-python-script, script: more.py, inputs: {dataset1: two}}
            """,
            scripts={
                "same.py": "def azureml_main(frame):\n    return frame\n",
                "more.py": """
                    def azureml_main(frame):
                        frame["new"] = frame["c0"] * 2
                        return frame
                    """,
            },
        )
        table = self.ROWS * self.COLUMNS * 8
        first = place.run(to=["data"], read=False)
        before = place.blobs
        # The file as it was uploaded, and the table that was read from it.
        assert sum(before.values()) == pytest.approx(2 * table, rel=0.05)

        then = place.run(to=["two", "some"], read=False)
        assert then.ran() == {"one", "two", "some"}
        assert place.blobs == before, "what a node hands on is not written again"
        for node in ("one", "two"):
            assert self.blobs_of(then, node) == self.blobs_of(first, "data")

        last = place.run(read=False)
        assert last.ran() == {"more"}
        new = {digest: size for digest, size in place.blobs.items() if digest not in before}
        (size,) = new.values()
        assert size == pytest.approx(self.ROWS * 8, rel=0.01), "one column is written, and no more"
        assert self.blobs_of(last, "more") == self.blobs_of(first, "data") | new.keys()
        record = last.result["more"].record
        assert record.bytes == pytest.approx(table + self.ROWS * 8, rel=0.01)
        assert record.peak_memory is None or record.peak_memory < table

        again = place.run(only=["more", "some"], read=False)
        assert again.ran() == {"more", "some"}
        frame = again.result["more"].frame()
        assert list(frame) == [*(f"c{n}" for n in range(10)), "new"]
        assert frame["new"].equals(frame["c0"] * 2)
        assert again.result["some"].frame().equals(large[["c3", "c1"]])

    @staticmethod
    def blobs_of(ran: Ran, node: str) -> set[str]:
        kept = ran.result[node].kept
        assert kept is not None
        return {digest for entry in kept.outputs.values() for digest in entry["files"]}

    def test_columns_of_many_nodes_come_together(self, place: WorkspaceFolder) -> None:
        """One column a node, each in a file of its own, over more files than a run is given."""
        count = 40
        place.dataset("n.csv", "c0\n1\n2\n")
        nodes = ["n0: {dataset: n.csv}"]
        nodes += [
            f"n{n}: {{module: execute-python-script, script: more.py, "
            f"inputs: {{dataset1: n{n - 1}}}, parameters: {{n: {n}}}}}"
            for n in range(1, count)
        ]
        source = "def azureml_main(frame, *, n: int):\n    frame[f'c{n}'] = frame['c0'] + n\n"
        place.experiment("\n".join(nodes), scripts={"more.py": f"{source}    return frame\n"})
        expected = {f"c{n}": [1 + n, 2 + n] for n in range(count)}
        assert place.run().table(f"n{count - 1}") == expected
        # And from what is kept.
        assert place.run(only=[f"n{count - 1}"]).table(f"n{count - 1}") == expected

    @pytest.mark.parametrize(
        ("made", "rows", "columns"),
        [("pandas.DataFrame()", 0, []), ("pandas.DataFrame({'a': []})", 0, ["a"])],
    )
    def test_nothing_travels_as_well(
        self, place: WorkspaceFolder, made: str, rows: int, columns: list[str]
    ) -> None:
        place.experiment(
            """
            none: {module: execute-python-script, script: none.py}
            next: {module: execute-python-script, script: next.py, inputs: {dataset1: none}}
            """,
            scripts={
                "none.py": f"import pandas\ndef azureml_main():\n    return {made}\n",
                "next.py": "def azureml_main(frame):\n    print(frame.shape)\n    return frame\n",
            },
        )
        for _ in range(2):
            ran = place.run(only=["next"])
            assert ran.result["next"].console == f"({rows}, {len(columns)})\n"
            assert list(ran.table("next")) == columns


class TestOutputsOfModules:
    """A module leaves its last outputs empty by returning fewer values, as a script does."""

    #: A module that says nothing of its outputs, as most modules of one's own.
    SAYS_NOTHING = "def azureml_main(dataset):\n    return {}\n"
    #: One that says what they are.
    SAYS_ALL = """
        # /// script
        # [tool.studiolo.outputs.first]
        # [tool.studiolo.outputs.second]
        # optional = {optional}
        # ///
        def azureml_main(dataset):
            return {returned}
        """
    NODES = """
    data: {dataset: labelled.csv}
    mine: {module: mine, inputs: {dataset: data}}
    """

    @pytest.mark.parametrize(
        ("returned", "ports"),
        [
            ("dataset", ["results_dataset"]),
            ("dataset,", ["results_dataset"]),
            ("[dataset]", ["results_dataset"]),
            ("dataset, None", ["results_dataset"]),
            ("dataset, dataset", ["results_dataset", "results_dataset2"]),
        ],
    )
    def test_one_frame_or_two(
        self, place: WorkspaceFolder, returned: str, ports: list[str]
    ) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.module("mine.py", self.SAYS_NOTHING.format(returned))
        place.experiment(self.NODES)
        ran = place.run()
        assert ran.status == "finished", ran.failures
        assert list(ran.tables["mine"]) == ports
        assert ran.table("mine") == ran.table("data")

    def test_an_optional_output_of_its_own(self, place: WorkspaceFolder) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.module("mine.py", self.SAYS_ALL.format(optional="true", returned="dataset"))
        place.experiment(self.NODES)
        assert list(place.run().tables["mine"]) == ["first"]

    @pytest.mark.parametrize(
        ("returned", "said"),
        [
            ("dataset", "returned nothing for its output second, which is not optional."),
            ("None", "returned nothing for its output first, which is not optional."),
            (
                "dataset, dataset, 3",
                "The module has 2 outputs (first, second), but its azureml_main returned 3 values. "
                "Return one for each output.",
            ),
        ],
    )
    def test_what_is_missing_or_too_much_is_said(
        self, place: WorkspaceFolder, returned: str, said: str
    ) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.module("mine.py", self.SAYS_ALL.format(optional="false", returned=returned))
        place.experiment(self.NODES)
        code, _, message = place.run(read=False).failure("mine")
        assert code == "untranslatable-return"
        assert message.endswith(said)

    def test_a_module_without_outputs_returns_nothing(self, place: WorkspaceFolder) -> None:
        place.dataset("labelled.csv", LABELLED)
        source = "# /// script\n# [tool.studiolo.outputs]\n# ///\ndef azureml_main(dataset):\n"
        place.module("mine.py", f"{source}    print(len(dataset))\n")
        place.experiment(self.NODES)
        ran = place.run()
        assert ran.result["mine"].console == "100\n"
        assert ran.tables["mine"] == {}

    def test_a_node_behind_the_empty_output_is_told(self, place: WorkspaceFolder) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.module("mine.py", self.SAYS_NOTHING.format("dataset"))
        place.experiment(
            f"{self.NODES}behind: {{module: mine, inputs: {{dataset: mine.results_dataset2}}}}\n"
        )
        code, _, message = place.run(read=False).failure("behind")
        assert code == "input-empty"
        assert "'mine' left its output results_dataset2 empty" in message


class TestObjects:
    def test_a_model_goes_from_a_learner_to_scores(self, place: WorkspaceFolder) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.experiment(
            """
            data: {dataset: labelled.csv}
            marked:
              module: edit-metadata
              inputs: {dataset: data}
              parameters: {column: [label], fields: Labels}
            learner: {module: two-class-logistic-regression}
            trained: {module: train-model, inputs: {untrained_model: learner, dataset: marked}}
            scored: {module: score-model, inputs: {trained_model: trained, dataset: marked}}
            again: {module: score-model, inputs: {trained_model: trained, dataset: scored}}
            normal: {module: normalize-data, inputs: {dataset: data}}
            applied:
              module: apply-transformation
              inputs: {transformation: normal.transformation_function, dataset: data}
            """
        )
        first = place.run()
        assert first.failures == {}
        assert first.table("scored")["Scored Labels"] == first.table("marked")["label"]
        # That the label is found without being named is what the role is for.
        roles = first.result["marked"].kept
        assert roles is not None
        (entry,) = roles.outputs.values()
        assert [c.get("role") for c in entry["columns"]] == [None, None, "label"]
        assert first.table("applied") == first.table("normal", "transformed_dataset")
        # The same from what is kept: the model is opened in another process than it was made in.
        second = place.run(only=["again", "applied"])
        assert second.kept() == {"data", "marked", "learner", "trained", "scored", "normal"}
        assert second.table("again") == first.table("again")
        assert second.table("applied") == first.table("applied")

    MAKES = """
        # /// script
        # [tool.studiolo.outputs.model]
        # kind = "model"
        # [tool.studiolo.outputs.transform]
        # kind = "transform"
        # ///
        from dataclasses import dataclass

        import pandas as pd
        # Functions that don't know which module they are of.
        from scipy.special import expit, ndtr

        @dataclass
        class Plus:
            amount: int

            def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
                return _added(frame, self.amount)

        def _added(frame: pd.DataFrame, amount: int) -> pd.DataFrame:
            return frame + amount + 0 * int(expit(amount) + ndtr(amount))

        def azureml_main(*, amount: int = 1):
            return Plus(amount), Plus(amount * 100)
        """
    USES = """
        # /// script
        # [tool.studiolo.inputs.thing]
        # kind = "model"
        # [tool.studiolo.inputs.dataset]
        # [tool.studiolo.outputs.results_dataset]
        # ///
        import pandas as pd

        def azureml_main(thing, dataset: pd.DataFrame):
            print(type(thing).__name__, thing.amount)
            return thing.transform(dataset)
        """

    def test_modules_of_ones_own_hand_on_instances_of_a_class_of_theirs(
        self, place: WorkspaceFolder
    ) -> None:
        place.dataset("n.csv", "n\n1\n2\n")
        place.module("makes.py", self.MAKES)
        place.module("uses_it.py", self.USES)
        place.experiment(
            """
            data: {dataset: n.csv}
            maker: {module: makes, parameters: {amount: 5}}
            user: {module: uses-it, inputs: {thing: maker.model, dataset: data}}
            applied:
              module: apply-transformation
              inputs: {transformation: maker.transform, dataset: data}
            """
        )
        first = place.run()
        assert first.table("user") == {"n": [6, 7]}
        assert first.table("applied") == {"n": [501, 502]}
        assert first.result["user"].console == "Plus 5\n"
        # Opened by a process that has never seen the module that made it.
        place.module("uses_it.py", self.USES.replace("print(", "print('again', "))
        second = place.run()
        assert second.kept() == {"data", "maker", "applied"}
        assert second.result["user"].console == "again Plus 5\n"
        assert second.table("user") == {"n": [6, 7]}


class TestZips:
    HELLO: ClassVar[Mapping[str, str]] = {
        "hello.py": "def greet(name):\n    return f'Hello, {name}'\n",
        "data.csv": "a\n1\n2\n",
    }

    @staticmethod
    def zipped(**members: str) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        return content.getvalue()

    def test_a_zip_is_a_script_bundle_and_an_input_of_a_module(
        self, place: WorkspaceFolder
    ) -> None:
        place.dataset("hello.zip", self.zipped(**self.HELLO))
        place.experiment(
            """
            zip: {dataset: hello.zip}
            script: {module: execute-python-script, script: greets.py, inputs: {script_bundle: zip}}
            unpack:
              module: unpack-zipped-datasets
              inputs: {dataset: zip}
              parameters: {dataset_to_unpack: data.csv, file_has_header_row: true}
            """,
            scripts={
                "greets.py": """
                    import hello, pandas
                    def azureml_main():
                        return pandas.DataFrame({"said": [hello.greet("zip")]})
                    """
            },
        )
        for _ in range(2):
            ran = place.run(only=["script", "unpack"])
            assert ran.table("script") == {"said": ["Hello, zip"]}
            assert ran.table("unpack") == {"a": [1, 2]}

    def test_a_packed_dataset_is_a_dataset(self, place: WorkspaceFolder) -> None:
        place.dataset("one.csv.gz", gzip.compress(b"a\n1\n"))
        place.dataset("two.csv.zip", self.zipped(**{"two.csv": "a\n2\n"}))
        place.experiment(
            """
            one: {dataset: one.csv.gz}
            two: {dataset: two.csv.zip}
            both: {module: add-rows, inputs: {dataset1: one, dataset2: two}}
            script:
              module: execute-python-script
              script: same.py
              inputs: {dataset1: two}
            imported: {module: import-data, parameters: {file: two.csv.zip}}
            imported too: {module: import-data, parameters: {file: one.csv.gz}}
            """,
            scripts={"same.py": "def azureml_main(frame):\n    return frame\n"},
        )
        for _ in range(2):
            ran = place.run(only=["both", "script"])
            assert ran.table("both") == {"a": [1, 2]}
            assert ran.table("script") == {"a": [2]}
        ran = place.run()
        assert ran.table("imported") == {"a": [2]}
        assert ran.table("imported too") == {"a": [1]}
        assert ran.table("one") == {"a": [1]}

    def test_a_zip_that_is_no_dataset_says_so_where_one_is_needed(
        self, place: WorkspaceFolder
    ) -> None:
        place.dataset("hello.zip", self.zipped(**self.HELLO, **{"more.csv": "a\n3\n"}))
        place.experiment(
            """
            zip: {dataset: hello.zip}
            rows: {module: add-rows, inputs: {dataset1: zip, dataset2: zip}}
            imported: {module: import-data, parameters: {file: hello.zip}}
            """
        )
        ran = place.run()
        for node in ("rows", "imported"):
            code, number, message = ran.failure(node)
            assert (code, number) == ("dataset-archive-members", 132)
            assert "hello.zip" in message


class TestRoles:
    def test_roles_travel_through_nodes_and_what_is_kept(self, place: WorkspaceFolder) -> None:
        place.dataset("labelled.csv", LABELLED)
        place.experiment(
            """
            data: {dataset: labelled.csv}
            marked:
              module: edit-metadata
              inputs: {dataset: data}
              parameters: {column: [label], fields: Labels}
            script: {module: execute-python-script, script: same.py, inputs: {dataset1: marked}}
            fewer:
              module: select-columns-in-dataset
              inputs: {dataset: script}
              parameters:
                select_columns: {begin: none, rules: [{include: {roles: label}}]}
            """,
            scripts={"same.py": "def azureml_main(frame):\n    return frame\n"},
        )
        for again in (False, True):
            ran = place.run(only=["fewer"] if again else [])
            assert list(ran.table("fewer")) == ["label"]
            assert len(ran.table("fewer")["label"]) == 100
