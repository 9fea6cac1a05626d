"""The workspace, and the session of who asks."""

import importlib.metadata
from collections.abc import Sequence

from fastapi import APIRouter
from typing_extensions import TypedDict

from studiolo.documents.isolation import DoctorDocument, doctor_document
from studiolo.modules.definition import PortKind
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.workspace.sandboxes.script_runs import try_isolation
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.studio.studio import Studio


class WorkspaceCounts(TypedDict):
    """The numbers of things in a workspace."""

    experiments: int
    datasets: int
    models: int
    transforms: int
    services: int


class WorkspaceDocument(TypedDict):
    """A workspace."""

    #: As `studiolo.toml` calls it.
    name: str
    #: Its folder, for people who edit its files.
    folder: str
    #: Of Studiolo.
    version: str
    counts: WorkspaceCounts


class SecretsDocument(TypedDict):
    """The secrets that nodes can be given."""

    #: In order. Their values stay where they are.
    names: Sequence[str]


class SessionDocument(TypedDict):
    """Who asks."""

    signed_in: bool


def workspace_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["workspace"])
    workspace = studio.workspace

    @routes.get("/session")
    def get_session() -> SessionDocument:
        """Whether the session holds; 401 if it does not."""
        return {"signed_in": True}

    @routes.get("/workspace")
    def get_workspace() -> WorkspaceDocument:
        """The workspace."""
        return {
            "name": workspace.settings.name or workspace.root.name,
            "folder": str(workspace.root),
            "version": importlib.metadata.version("studiolo"),
            "counts": {
                "experiments": len(workspace.experiments),
                "datasets": len(workspace.datasets.names),
                "models": len(workspace.saved.names(PortKind.MODEL)),
                "transforms": len(workspace.saved.names(PortKind.TRANSFORM)),
                "services": len(workspace.services.names),
            },
        }

    @routes.get("/secrets")
    def list_secrets() -> SecretsDocument:
        """The names of the secrets of the user that the server runs as."""
        return {"names": SecretStore().names}

    @routes.post("/isolation")
    def try_out_isolation() -> DoctorDocument:
        """Try to break out of a sandbox of this machine, layer by layer, and say what stopped it.

        It starts a sandbox, which takes a moment.
        """
        return doctor_document(*try_isolation(Isolation.AUTO))

    return routes
