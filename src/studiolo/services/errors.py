"""Errors in what Studiolo keeps of a web service."""

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
