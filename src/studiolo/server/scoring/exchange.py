"""In which shape a request comes, and in which one its reply goes."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.negotiation import Codec, reply_codec, request_codec
from studiolo.server.http.classic_errors import error_of_refused
from studiolo.server.http.refused import RefusedError
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import RequestRefused, ScoringRequest
from studiolo.services.validation import Validator

#: Words of the query that are not names of web-service parameters.
_WORDS = frozenset({"api-version", "details", "format", "output"})


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The shapes of a request's body and of its reply's, as the head of the request says."""

    #: The codec for JSON on this route.
    json: Codec
    #: Reads the request.
    request: Codec
    #: The header; None if there is none.
    accept: str | None
    #: The output that is asked for, where only one goes out.
    output: str | None
    #: Web-service parameters in the query, for a body that has no room for them.
    parameters: Mapping[str, str]

    def decode(
        self, body: bytes, validator: Validator, limits: RequestLimits
    ) -> ScoringRequest | RequestRefused:
        """The call that the body asks for, or the mistake in it."""
        return self.request.decode(body, self.parameters, validator, limits)

    def reply(self, schema: ServiceSchema) -> Codec | RequestRefused:
        """The codec that writes the reply; a refusal if there is none."""
        return reply_codec(
            self.accept, request=self.request, json=self.json, schema=schema, output=self.output
        )


def exchange_of(request: Request, *, json: Codec) -> Exchange:
    """The exchange that the head of a request asks for.

    Raises:
        RefusedError: Its body is in a form that can't be read.
    """
    codec = request_codec(request.headers.get("content-type"), json=json)
    if isinstance(codec, RequestRefused):
        raise RefusedError(error_of_refused(codec))
    query = request.query_params
    return Exchange(
        json=json,
        request=codec,
        accept=request.headers.get("accept"),
        output=query.get("output"),
        parameters={name: value for name, value in query.items() if name not in _WORDS},
    )
