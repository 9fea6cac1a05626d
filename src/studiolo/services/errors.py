"""Errors in what Studiolo keeps of a web service."""

from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError


class ServiceSchemaError(StudioloError):
    """The document of a service's schema does not follow its form."""

    code: ClassVar[str] = "service-schema-damaged"

    def __init__(self, *, place: str, problem: str) -> None:
        #: Where in the document: ``inputs.input1.columns[2].type``.
        self.place = place
        self.problem = problem
        super().__init__(
            f"The schema of the web service is damaged: {place} {problem}. Publish the experiment "
            "again."
        )


class ServiceGraphError(StudioloError):
    """A web service can't do what a node of its scoring path does."""

    code: ClassVar[str] = "service-graph"

    def __init__(self, *, node: str, problem: str, remedy: str) -> None:
        self.node = node
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"The node {node!r} {problem}. {remedy}")


class VersionDamagedError(StudioloError):
    """Something that a version of a service keeps is missing or was changed."""

    code: ClassVar[str] = "service-version-damaged"

    def __init__(self, *, digest: str, path: Path) -> None:
        self.path = path
        super().__init__(
            f"The version {digest[:12]} of the service can't be loaded: what it keeps in "
            f'"{path}" was removed or changed. Publish the experiment again, or roll the endpoint '
            "back to the version before."
        )


class VersionUnreadableError(StudioloError):
    """A version of a service was published with a later Studiolo."""

    code: ClassVar[str] = "service-version-unreadable"

    def __init__(self, *, digest: str, format: object) -> None:  # noqa: A002
        super().__init__(
            f"The version {digest[:12]} of the service has the format {format!r}, which this "
            "Studiolo doesn't know. Use the Studiolo that published it, or publish the experiment "
            "again."
        )
