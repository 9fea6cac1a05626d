"""The modules that nodes can name, as forms."""

from fastapi import APIRouter

from studiolo.documents.module import ModulesDocument, modules_document
from studiolo.workspace.studio.studio import Studio


def module_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["modules"])

    @routes.get("/modules")
    def list_modules() -> ModulesDocument:
        """The modules, in the order of a palette, and those whose file can't be used."""
        return modules_document(studio.workspace.catalogue)

    return routes
