"""Import Data and Export Data with a PostgreSQL database: types, refusals, all or nothing."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.integration.store.postgresql_server import PASSWORD, PostgresqlServer

from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

BIG = Decimal("-123456789012345678901234567890.12345")
TABLE = r"""
CREATE TABLE kinds (
    n int, big bigint, exact numeric, price numeric(10, 2), word text, at timestamptz,
    clock timestamp, day date, photo bytea, many int[], yes boolean, x float8, gap smallint
);
INSERT INTO kinds VALUES
    (1, 9223372036854775807, 1.5, 2.5, E'a\n"q",é', '2020-01-01 12:00+09',
     '2020-01-01 1:2:3.456789', '2020-02-29', '\x00ff', '{1,NULL}', true, 1e300, NULL),
    (2, -1, -123456789012345678901234567890.12345, 0, '', '1900-01-01 00:00+00', NULL,
     '0001-01-01', '', '{}', false, '-Infinity', NULL),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE there (n int);
INSERT INTO there VALUES (7);
CREATE TABLE over AS TABLE there;
CREATE TABLE more AS TABLE kinds;
CREATE TABLE wider AS TABLE kinds;
ALTER TABLE wider ALTER n TYPE numeric, ALTER x TYPE float8;
CREATE TABLE days AS TABLE kinds;
ALTER TABLE days ALTER clock TYPE date;
CREATE TABLE rounded AS TABLE kinds;
ALTER TABLE rounded ALTER exact TYPE numeric(40, 1)
"""
UTC = ZoneInfo("UTC")
KINDS = {
    "n": [1, 2, None],
    "big": [2**63 - 1, -1, None],
    "exact": [Decimal("1.50000"), BIG, None],
    "price": [Decimal("2.50"), Decimal("0.00"), None],
    "word": ['a\n"q",é', "", None],
    "at": [
        datetime.datetime(2020, 1, 1, 3, tzinfo=UTC),
        datetime.datetime(1900, 1, 1, tzinfo=UTC),
        None,
    ],
    "clock": [datetime.datetime(2020, 1, 1, 1, 2, 3, 456789), None, None],
    "day": [datetime.date(2020, 2, 29), datetime.date(1, 1, 1), None],
    "photo": [b"\x00\xff", b"", None],
    "many": ["{1,NULL}", "{}", None],
    "yes": [True, False, None],
    "x": [1e300, float("-inf"), None],
    "gap": [None] * 3,
}
AT = "address: postgresql://studio@db.example.com:5432/postgres"
AS = f"{AT}, authentication: Password, secret: DB_PASSWORD"
#: The parameters of a node that reads, and the columns that it gives.
READ = {
    "kinds": (f"{AS}, query: SELECT * FROM kinds -- all", KINDS),
    "none": (f"{AS}, query: 'SELECT * FROM kinds WHERE n > 5;'", {name: [] for name in KINDS}),
    "colons": (f"{AS}, query: \"SELECT ':x' AS c, many[1:1] FROM kinds WHERE n = 1\"",
               {"c": [":x"], "many": ["{1}"]}),
    "one": (f"{AS}, query: SELECT word FROM kinds", {"word": KINDS["word"]}),
}  # fmt: skip
#: The parameters of a node that reads, the code of its failure, and a part of its message.
REFUSED = {
    "no query": (AS, "module-refused", "needs a query"),
    "no table": (f"{AS}, query: SELECT * FROM nothing", "module-refused",
                 'The database postgres at db.example.com:5432 answered: relation "nothing" does '
                 'not exist. The database has the tables "days", "kinds", '),
    "close table": (f"{AS}, query: SELECT * FROM kind", "module-refused", 'Did you mean "kinds"?'),
    "no column": (f"{AS}, query: SELECT amount FROM there", "module-refused",
                  'column "amount" does not exist. The table "there" has the column "n".'),
    "by zero": (f"{AS}, query: SELECT 1/0", "module-refused", "answered: division by zero."),
    "changing": (f"{AS}, query: \"SELECT setval('s', 1)\"", "module-refused", "answered"),
    "twice": (f"{AS}, query: 'SELECT 1 AS a, 2 AS a'", "module-refused", 'several columns "a"'),
    "endless": (f"{AS}, query: \"SELECT date 'infinity' AS d\"", "module-refused",
                'the column "d" can\'t be read as date32[day]: invalid value \'infinity\''),
    "no number": (f"{AS}, query: \"SELECT numeric 'NaN' AS d\"", "module-refused",
                  'the column "d" has NaN'),
    "word": (f"{AT.replace('studio@', 'studio:pw123456@')}", "module-refused", "Use a secret"),
    "no user": (f"{AT.replace('studio@', '')}", "module-refused", "Write it whole"),
    "mode": (f"{AT}?sslmode=off", "module-refused", "prefer, require or verify-full"),
    "key": (f"{AT}, authentication: SAS, secret: DB_PASSWORD", "module-refused", "Choose Password"),
    "wrong": (f"{AT}, authentication: Password, secret: OTHER, query: SELECT 1", "module-refused",
              'password authentication failed for user "studio"'),
    "plain": (f"{AS}, query: SELECT 1".replace("/postgres", "/postgres?sslmode=require"),
              "module-refused", "offers no encrypted connection"),
    "elsewhere": (f"{AS}, query: SELECT 1".replace("db.", "other."), "target-unreachable",
                  "other.example.com:5432"),
    "unnamed": (f"{AT}, authentication: Password", "module-refused", "Give its name"),
}  # fmt: skip
#: The parameters of a node that writes what "kinds" read, and a part of its message if it fails.
WRITTEN = {
    "made": (f"{AS}, table: public.made", ""),
    "replaced": (f"{AS}, table: over, write_mode: Overwrite", ""),
    "exists": (f"{AS}, table: there", 'asked to write there, answered: relation "there" already'),
    "no such column": (f"{AS}, table: there, write_mode: Append", 'column "big" of relation'),
    "no such table": (f"{AS}, table: mores, write_mode: Append", 'Did you mean "more"?'),
    "appended": (f"{AS}, table: more, write_mode: Append", ""),
    "appended to wider types": (f"{AS}, table: wider, write_mode: Append", ""),
    "appended times to days": (
        f"{AS}, table: days, write_mode: Append",
        'has the column "clock" as date, which would change 1 of 3 values. Nothing was written.',
    ),
    "appended digits": (f"{AS}, table: rounded, write_mode: Append", "would change 1 of 3 values"),
    "untold": (AS, "needs a table to write to"),
    "long name": (f"{AS}, table: {'x' * 64}", "has 1 to 63 bytes"),
    "appended file": ("file: made.csv, write_mode: Append", "Append is for databases"),
}


@dataclass(frozen=True)
class Ran:
    result: ExperimentResult
    server: PostgresqlServer


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresqlServer) -> Iterator[Ran]:
    """A run of all nodes at once."""
    place = tmp_path_factory.mktemp("databases")
    for statement in TABLE.split(";"):
        postgresql.execute(statement)
    folder = WorkspaceFolder(place / "workspace")
    common = (
        f'allow: ["db.example.com:5432=127.0.0.1:{postgresql.port}"], secrets: [DB_PASSWORD, OTHER]'
    )
    nodes = [
        f"{name}: {{module: import-data, parameters: {{{parameters}}}, {common}}}"
        for name, (parameters, *_) in {**READ, **REFUSED}.items()
    ]
    wired = f"inputs: {{dataset: kinds}}, {common}"
    nodes += [
        f"{name}: {{module: export-data, parameters: {{{parameters}}}, {wired}}}"
        for name, (parameters, _) in WRITTEN.items()
    ]
    folder.experiment("\n".join(nodes))
    store = SecretStore(place / "secrets")
    store.set("DB_PASSWORD", PASSWORD)
    store.set("OTHER", "not the password")
    with pytest.MonkeyPatch.context() as patch, Workspace(folder.root) as workspace:
        patch.setattr("studiolo.workspace.sandboxes.secret_store.SecretStore", lambda: store)
        result = workspace.run(workspace.experiment("experiment"))
        failure = result["kinds"].failure
        if failure is not None and failure.code == NetworkUnavailableError.code:
            pytest.skip("this machine has no user namespaces")
        yield Ran(result, postgresql)


@pytest.mark.parametrize("name", READ)
def test_rows_of_a_query_are_a_dataset_in_the_types_of_the_database(ran: Ran, name: str) -> None:
    assert ran.result[name].failure is None, ran.result[name].failure
    assert ran.result[name].dataset().table.to_pydict() == READ[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_which_database_and_what_is_wrong(ran: Ran, name: str) -> None:
    failure = ran.result[name].failure
    assert failure is not None
    _, code, part = REFUSED[name]
    assert (failure.code, part in failure.message) == (code, True), failure.message
    assert PASSWORD not in str(failure)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_dataset_is_written_to_a_table_or_a_sentence_says_why_not(ran: Ran, name: str) -> None:
    failure = ran.result[name].failure
    said = WRITTEN[name][1]
    assert (failure is None) == (not said), failure
    assert failure is None or said in failure.message, failure


def test_what_was_written_is_what_was_read(ran: Ran) -> None:
    execute = ran.server.execute
    kept = "n, big, exact, price, word, at, clock, day, photo, many::text, yes, x, gap"
    assert execute(f"SELECT {kept} FROM made") == execute(f"SELECT {kept} FROM kinds")
    assert execute(f"SELECT {kept} FROM more OFFSET 3") == execute(f"SELECT {kept} FROM kinds")
    assert execute("SELECT count(*) FROM wider") == [(6,)]
    assert execute("SELECT count(*) FROM days") == execute("SELECT count(*) FROM over") == [(3,)]
    assert execute("SELECT n FROM there") == [(7,)]
    types = execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'made' "
        "AND column_name IN ('n', 'exact', 'at', 'photo', 'gap')"
    )
    assert dict(types) == {
        "n": "integer",
        "exact": "numeric",
        "at": "timestamp with time zone",
        "photo": "bytea",
        "gap": "smallint",
    }
