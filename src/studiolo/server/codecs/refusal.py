"""A body that can't be read, on its way out of a codec."""

from typing import Any

from studiolo.services.scoring import ProblemCode, RequestProblem, RequestRefused


class RefusalError(Exception):
    """Ends the reading of a body; each codec's `decode` answers with what it holds."""

    def __init__(self, code: ProblemCode, message: str, **facts: Any) -> None:
        self.problem = RequestProblem(code=code, message=message, **facts)
        super().__init__(message)

    def refused(self) -> RequestRefused:
        """The answer to the caller."""
        return RequestRefused(problems=(self.problem,))


def invalid(message: str, **facts: Any) -> RefusalError:
    """A body that is not in the form that the service takes."""
    return RefusalError(ProblemCode.REQUEST_BODY_INVALID, message, **facts)
