"""Dataset files: listed, looked at, uploaded; and saved models and transforms."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from studiolo.datasets.profile import ProfileDocument, profile_document
from studiolo.documents.dataset import (
    AllSavedDocument,
    DatasetFileDocument,
    DatasetFilesDocument,
    DatasetUsers,
    SavedDocument,
    SavedVersionDocument,
    damaged_version_document,
    dataset_version_document,
    saved_version_document,
)
from studiolo.documents.rows import RowsDocument
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Node, SavedName
from studiolo.modules.definition import PortKind
from studiolo.server.api.outputs import (
    ROWS,
    Columns,
    Limit,
    Offset,
    Order,
    download_answer,
    rows_answer,
)
from studiolo.workspace.experiments.named_files import files_of_parameters
from studiolo.workspace.studio.studio import Studio

Version = Annotated[int | None, Query(ge=1, le=2**31)]


def dataset_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["datasets"])
    _add_content_routes(routes, studio)

    @routes.get("/datasets")
    def list_datasets() -> DatasetFilesDocument:
        """The dataset files of the workspace, by name."""
        users = _dataset_users(studio)
        names = studio.workspace.datasets.names
        return {"datasets": [_dataset(studio, name, users[name]) for name in names]}

    # Last: a name may have slashes.
    @routes.get("/datasets/{name:path}")
    def get_dataset(name: str) -> DatasetFileDocument:
        """A dataset file, with the contents that it had."""
        studio.workspace.datasets.version(name, None)
        return _dataset(studio, name, _dataset_users(studio)[name])

    @routes.get("/saved")
    def list_saved() -> AllSavedDocument:
        """The saved models and transforms, with their versions and where they are used."""
        return {
            "saved": [
                _saved(studio, kind, name)
                for kind in (PortKind.MODEL, PortKind.TRANSFORM)
                for name in studio.workspace.saved.names(kind)
            ]
        }

    return routes


def _add_content_routes(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/datasets/{name:path}/rows", response_model=RowsDocument, responses=ROWS)
    def get_dataset_rows(
        request: Request,
        name: str,
        order: Order,
        version: Version = None,
        offset: Offset = 0,
        limit: Limit = 100,
        columns: Columns = None,
    ) -> Any:
        """Some rows, as JSON, or as an Arrow stream for those who accept that.

        The first rows of a large Parquet file come before the rest of it has been read and checked.
        """
        table = studio.tables.some_rows(name, version, offset, limit, order)
        return rows_answer(request, table, offset, limit, order, columns)

    @routes.get("/datasets/{name:path}/profile")
    def get_dataset_profile(
        name: str, version: Version = None, bins: Annotated[int, Query(ge=2, le=100)] = 10
    ) -> ProfileDocument:
        """The statistics of each column, with a histogram or the most frequent values."""
        return profile_document(studio.tables.dataset(name, version).profile(bins))

    @routes.get("/datasets/{name:path}/download", response_class=Response)
    def download_dataset(
        name: str,
        order: Order,
        version: Version = None,
        format: str = "csv",  # noqa: A002  # the name in the address
    ) -> Response:
        """The dataset, or those of its rows that are asked for, as a file.

        The formats are csv, tsv, parquet, arrow, feather, json-lines, excel, arff and svmlight.
        """
        stem = name.rpartition("/")[2].partition(".")[0]
        if version is not None:
            stem += f"-version-{version}"
        return download_answer(studio.tables.dataset(name, version), stem, format, order)


def _dataset(studio: Studio, name: str, users: DatasetUsers) -> DatasetFileDocument:
    datasets = studio.workspace.datasets
    content = datasets.met_on_disk(name)
    versions = datasets.versions.of(name)
    size, changed = datasets.stamp(name)
    return {
        "name": name,
        "bytes": size,
        "content": content,
        "changed_at": datetime.fromtimestamp(changed / 1e9, UTC).isoformat() if changed else None,
        "versions": [dataset_version_document(seen, content, users) for seen in versions],
        "used_by": sorted({user for names in users.values() for user in names}),
    }


def _saved(studio: Studio, kind: PortKind, name: str) -> SavedDocument:
    saved = SavedName(kind, name)
    versions: list[SavedVersionDocument] = []
    for number in studio.workspace.saved.versions(saved):
        try:
            found = studio.workspace.saved.find(saved, number)
        except StudioloError as error:
            versions.append(damaged_version_document(number, str(error)))
        else:
            versions.append(saved_version_document(found))
    users = _users(studio, lambda node: [node.saved])
    return {
        "name": name,
        "kind": kind.value,
        "versions": versions,
        "used_by": users.get(saved, []),
    }


def _dataset_users(studio: Studio) -> Mapping[str | None, DatasetUsers]:
    """The experiments that read a dataset file, as a node or by a parameter of one."""
    catalogue = studio.workspace.catalogue

    def named(node: Node) -> list[tuple[str | None, int | None]]:
        files = [(file, None) for file in files_of_parameters(node, catalogue)]
        return [(node.dataset, node.version), *files]

    users: dict[str | None, dict[int | None, list[str]]] = defaultdict(dict)
    for (name, version), experiments in _users(studio, named).items():
        users[name][version] = experiments
    return users


def _users(studio: Studio, named: Callable[[Node], Iterable[Any]]) -> dict[Any, list[str]]:
    """The experiments that have a node of something, by what ``named`` says that it is."""
    users: dict[Any, list[str]] = defaultdict(list)
    for listed in studio.list.all():
        nodes = () if listed.experiment is None else listed.experiment.nodes.values()
        for what in dict.fromkeys(what for node in nodes for what in named(node)):
            users[what].append(listed.name)
    return users
