"""SQLite databases among the files of a workspace: queried by Import Data, given to modules."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from studiolo.datasets.databases import LARGEST
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.services.scoring import ScoringReply, ScoringRequest
from studiolo.store.run_record import NodeState
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

SALES = """
create table sales (item text, price real, many int);
insert into sales values ('007', 1.5, 9007199254740993), ('é', null, 2);
create view dear as select item from sales where price > 1
"""
#: The parameters of a node, and the columns that it gives.
READ = {
    "rows": (
        "file: shop.sqlite, query: select * from sales",
        {"item": ["007", "é"], "price": [1.5, None], "many": [2**53 + 1, 2]},
    ),
    "view": ("file: shop.sqlite, query: select item as i from dear", {"i": ["007"]}),
    "served": ("file: folder/Served.DB, query: select count(*) as n from sales", {"n": [2]}),
}
#: The parameters of a node, and its failure's message.
REFUSED = {
    "no database": (
        "file: text.db, query: select 1",
        "text.db can't be read as SQLite: it is not the file of a SQLite database.",
    ),
    "no query": ("file: shop.sqlite", "shop.sqlite can't be read as SQLite: it needs a query"),
    "no table": (
        "file: folder/Served.DB, query: select * from x",
        'folder/Served.DB can\'t be read as SQLite: the query "select * from x" fails: '
        'no such table: x. The database has the tables "dear", "sales".',
    ),
    "close table": ("file: shop.sqlite, query: select * from sale", 'Did you mean "sales"?'),
    "no column": (
        "file: shop.sqlite, query: select s.cost from sales as s",
        'no such column: s.cost. The table "sales" has the columns "item", "price", "many".',
    ),
    "no quoted column": (
        "file: shop.sqlite, query: 'select \"prise\" from sales'",
        'no such column: prise. Did you mean "price"? The table "sales" has',
    ),
    "query of a dataset": (
        "file: items.csv, query: select * from t1",
        "only a database takes a query. Leave the query empty. To query the rows, connect Apply",
    ),
    "no SQL": ("file: shop.sqlite, query: selekt", 'the query "selekt" fails: near "selekt": syn'),
    "two": ("file: shop.sqlite, query: select 1; select 2", "one statement at a time"),
    "change": ("file: shop.sqlite, query: delete from sales", "the query returns no table"),
    "damaged": ("file: damaged.sqlite3, query: select * from sales", "damaged.sqlite3 can't be"),
    "both": ("file: shop.sqlite, address: 'http://a.example'", "Leave one of them empty"),
}
#: A module of the workspace reads a database itself, in a run and in a service.
PRICES = """
    # /// script
    # [tool.studiolo.parameters.shop]
    # kind = "file"
    # ///
    import sqlite3
    def azureml_main(frame, *, shop):
        database = sqlite3.connect(":memory:")
        database.deserialize(shop.read())
        prices = dict(database.execute("select item, price from sales"))
        return frame.assign(price=frame["item"].map(prices), file=shop.name)
"""
SERVICE = """
items: {dataset: items.csv}
input1: {module: web-service-input, inputs: {dataset: items}}
priced: {module: prices, inputs: {frame: input1}, parameters: {shop: shop.sqlite}}
output1: {module: web-service-output, inputs: {dataset: priced}}
"""


def database(file: Path, *, wal: bool = False) -> bytes:
    with contextlib.closing(sqlite3.connect(file)) as made:
        made.execute(f"pragma journal_mode = {'wal' if wal else 'delete'}")
        made.executescript(SALES)
    return file.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    place = tmp_path_factory.mktemp("database-files")
    folder = WorkspaceFolder(place / "workspace")
    shop = database(place / "shop")
    folder.dataset("shop.sqlite", shop)
    folder.dataset("folder/Served.DB", database(place / "served", wal=True))
    folder.dataset("damaged.sqlite3", shop[:4096])
    folder.dataset("text.db", "item,price\n")
    folder.dataset("items.csv", "item\n007\n")
    folder.module("prices.py", PRICES)
    nodes = [
        f"{name}: {{module: import-data, parameters: {{{parameters}}}}}"
        for name, (parameters, _) in {**READ, **REFUSED}.items()
    ]
    folder.experiment("\n".join([*nodes, "as dataset: {dataset: shop.sqlite}"]))
    folder.experiment(SERVICE, name="service")
    return folder


@pytest.fixture(scope="module")
def workspace(folder: WorkspaceFolder) -> Iterator[Workspace]:
    with Workspace(folder.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def ran(workspace: Workspace) -> ExperimentResult:
    """A run of all nodes at once."""
    checked = workspace.checked("experiment")
    assert checked.findings == []
    return workspace.run(checked)


@pytest.mark.parametrize("name", READ)
def test_rows_of_a_query_are_a_dataset(ran: ExperimentResult, name: str) -> None:
    assert ran[name].failure is None, ran[name].failure
    assert ran[name].dataset().table.to_pydict() == READ[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_the_file_and_what_is_wrong(ran: ExperimentResult, name: str) -> None:
    failure = ran[name].failure
    assert failure is not None
    assert failure.code == "module-refused"
    assert REFUSED[name][1] in failure.message


def test_a_database_is_not_a_dataset(ran: ExperimentResult) -> None:
    failure = ran["as dataset"].failure
    assert failure is not None
    assert failure.code == "dataset-is-database"
    assert "Import Data reads what a query finds" in failure.message


def test_a_module_gets_the_open_file_in_a_service_too(workspace: Workspace) -> None:
    workspace.services.publish(workspace.experiment("service"), service="prices")
    (served,) = workspace.services.served("prices")
    with workspace.services.handler(served, served.versions[1]) as handler:
        request = ScoringRequest(inputs={"input1": pa.table({"item": ["007"]})})
        for _ in range(2):
            reply = handler.score(request)
            assert isinstance(reply, ScoringReply), reply
            expected = {"item": ["007"], "price": [1.5], "file": ["shop.sqlite"]}
            assert reply.outputs["output1"].to_pydict() == expected


def test_a_changed_database_is_queried_again(folder: WorkspaceFolder, workspace: Workspace) -> None:
    node = "rows: {module: import-data, parameters: {file: one.sqlite, query: select n from one}}"
    folder.experiment(node, name="changing")
    file = folder.root / "datasets" / "one.sqlite"
    states = []
    for number, statement in enumerate(
        ("create table one as select 1 as n", "select 1", "update one set n = 2")
    ):
        with contextlib.closing(sqlite3.connect(file)) as made, made:
            made.execute(statement)
        result = workspace.run(workspace.experiment("changing"))
        states.append(result.nodes["rows"].state)  # type: ignore[index]
        assert result["rows"].dataset().table.to_pydict() == {"n": [max(1, number)]}
    assert states == [NodeState.FINISHED, NodeState.KEPT, NodeState.FINISHED]


def test_a_check_finds_a_file_that_can_not_be_handed_over(
    folder: WorkspaceFolder, workspace: Workspace
) -> None:
    datasets = folder.root / "datasets"
    folder.dataset("in use.sqlite", "")
    folder.dataset("in use.sqlite-wal", "changes")
    folder.dataset("notes.docx", "")
    with (datasets / "large.sqlite").open("wb") as sparse:
        sparse.truncate(LARGEST + 1)
    names = ("shopp.sqlite", "large.sqlite", "in use.sqlite", "notes.docx", "shop.sqlite")
    nodes = [
        f"n{place}: {{module: import-data, parameters: {{file: {name}}}}}"
        for place, name in enumerate(names)
    ]
    folder.experiment("\n".join(nodes), name="checked")
    findings = workspace.checked("checked").findings
    assert [(found.code, found.line) for found in findings] == [
        ("dataset-file-missing", 4),
        ("dataset-database-too-large", 5),
        ("dataset-database-in-use", 6),
        ("dataset-format-unknown", 7),
    ]
    assert 'Did you mean "shop.sqlite"' in findings[0].message
    assert "1,073,741,825 bytes" in findings[1].message
    assert '"in use.sqlite-wal"' in findings[2].message


def test_a_database_is_uploaded_like_a_dataset(workspace: Workspace, tmp_path: Path) -> None:
    workspace.upload("uploaded.sqlite", database(tmp_path / "made"))
    assert "uploaded.sqlite" in workspace.datasets.names
