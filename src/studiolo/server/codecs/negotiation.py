"""Which codec reads a request, by its Content-Type, and which writes the reply, by Accept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studiolo.server.codecs import (
    arrow_stream,
    classic_request,
    classic_rows,
    classic_table,
    csv,
    parquet,
    plain_json,
)
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.reply import check_reply
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import (
    ProblemCode,
    RequestProblem,
    RequestRefused,
    ScoringReply,
    ScoringRequest,
)
from studiolo.services.validation import Validator
from studiolo.services.words import listed, shown

#: Takes the body, the web-service parameters of the query, the validator and the limits.
Decode = Callable[
    [bytes, Mapping[str, str], Validator, RequestLimits], ScoringRequest | RequestRefused
]
#: Takes the reply and the name of the output that is asked for.
Encode = Callable[[ScoringReply, str | None], bytes]

_JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Codec:
    """A shape in which requests come and replies go."""

    #: The media type of replies.
    media_type: str
    #: What follows it in the header of a reply.
    charset: str = ""
    #: Other names under which requests come and replies are asked for.
    aliases: Sequence[str] = ()
    #: Whether a body is one table, of one input or output.
    one_table: bool = False
    decode: Decode
    write: Encode

    @property
    def content_type(self) -> str:
        """The header of a reply."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type

    def encode(
        self, reply: ScoringReply, limits: RequestLimits, *, output: str | None = None
    ) -> bytes:
        """The bytes of a reply.

        Args:
            reply: What the service made.
            limits: How large it may be.
            output: The name of the output that is asked for, where only one goes out.

        Raises:
            ReplyError: It is too large, or can't be written so.
        """
        check_reply(reply, limits)
        return self.write(reply, output)

    def is_named(self, media_type: str) -> bool:
        """Whether a media type, without parameters and in small letters, means this codec."""
        return media_type == self.media_type or media_type in self.aliases


#: What programs call a body of JSON unless told otherwise: curl, and .NET's `StringContent`.
_UNNAMED = ("text/json", "application/x-www-form-urlencoded", "text/plain")
PLAIN_JSON = Codec(
    media_type=_JSON,
    aliases=_UNNAMED[:2],
    decode=lambda body, _, validator, limits: plain_json.decode(body, validator, limits),
    write=lambda reply, _: plain_json.encode(reply),
)
TABLES = (
    Codec(
        media_type="application/vnd.apache.arrow.stream",
        aliases=("application/vnd.apache.arrow.file",),
        one_table=True,
        decode=arrow_stream.decode,
        write=arrow_stream.encode,
    ),
    Codec(
        media_type="text/csv",
        charset="utf-8",
        aliases=("application/csv",),
        one_table=True,
        decode=csv.decode,
        write=csv.encode,
    ),
    Codec(
        media_type="application/vnd.apache.parquet",
        aliases=("application/x-parquet", "application/parquet"),
        one_table=True,
        decode=parquet.decode,
        write=parquet.encode,
    ),
)


def classic_json(*, swagger: bool, details: bool) -> Codec:
    """The codec of the classic routes, by the query: `format=swagger`, `details=true`."""

    def write(reply: ScoringReply, _: str | None) -> bytes:
        return (
            classic_rows.encode(reply) if swagger else classic_table.encode(reply, details=details)
        )

    return Codec(
        media_type=_JSON,
        charset="utf-8",
        aliases=_UNNAMED,
        decode=lambda body, _, validator, limits: classic_request.decode(body, validator, limits),
        write=write,
    )


def request_codec(content_type: str | None, *, json: Codec) -> Codec | RequestRefused:
    """The codec that reads a request.

    Args:
        content_type: The header; None if there is none, which means JSON.
        json: The codec for JSON on this route.
    """
    media_type, parameters = _parsed(content_type or _JSON)
    codecs = (json, *TABLES)
    codec = next((codec for codec in codecs if codec.is_named(media_type)), None)
    if codec is None:
        return _refused(
            ProblemCode.MEDIA_TYPE_UNSUPPORTED,
            "Content-Type",
            f'A body of the type "{shown(media_type)}" can\'t be read. Send {_known(codecs)}.',
        )
    charset = parameters.get("charset", "utf-8").lower().replace("_", "-")
    if charset not in ("utf-8", "utf8", "us-ascii", "ascii"):
        return _refused(
            ProblemCode.MEDIA_TYPE_UNSUPPORTED,
            "Content-Type",
            f'A body in the encoding "{shown(charset)}" can\'t be read. Send UTF-8.',
        )
    return codec


def reply_codec(
    accept: str | None,
    *,
    request: Codec,
    json: Codec,
    schema: ServiceSchema,
    output: str | None = None,
) -> Codec | RequestRefused:
    """The codec that writes the reply, to be found before anything is scored.

    Args:
        accept: The header; None if there is none.
        request: The codec of the request, which writes the reply where any will do.
        json: The codec for JSON on this route.
        schema: Says which outputs there are.
        output: The name of the output that is asked for.
    """
    if output is not None and output not in schema.outputs:
        message = f'There is no output "{shown(output)}". There is {listed(schema.outputs)}.'
        return _refused(ProblemCode.INVALID_QUERY_PARAMETER, "output", message)
    several = len(schema.outputs) != 1 and output is None
    codecs = list(dict.fromkeys((request, json, *TABLES)))
    ranges = _ranges(accept or "*/*")
    welcome = [codec for codec in codecs if _quality(codec, ranges)[0]]
    fitting = [codec for codec in welcome if not (codec.one_table and several)]
    if fitting:
        return max(fitting, key=lambda codec: _quality(codec, ranges))
    if welcome:
        message = (
            "A reply in this format is one table. Name the output in the query, such as "
            f"?output=NAME, or accept {_JSON}. The service has {listed(schema.outputs) or 'none'}."
        )
    else:
        given = shown(accept or "")
        message = (
            f'A reply of the type "{given}" can\'t be written. Accept {_known((json, *TABLES))}.'
        )
    return _refused(ProblemCode.REPLY_NOT_ACCEPTABLE, "Accept", message)


def _known(codecs: Sequence[Codec]) -> str:
    *most, last = [codec.media_type for codec in codecs]
    return f"{', '.join(most)} or {last}"


def _parsed(header: str) -> tuple[str, Mapping[str, str]]:
    """A media type in small letters, and its parameters."""
    media_type, *parts = header.split(";")
    parameters = {}
    for part in parts:
        name, _, value = part.partition("=")
        parameters[name.strip().lower()] = value.strip().strip('"')
    return media_type.strip().lower(), parameters


def _ranges(accept: str) -> Sequence[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        media_type, parameters = _parsed(part)
        try:
            quality = float(parameters.get("q", "1"))
        except ValueError:
            quality = 0.0
        # Not a number is neither.
        ranges.append((media_type, quality if 0 <= quality <= 1 else 0.0))
    return ranges


def _quality(codec: Codec, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """How welcome a reply is, from 0 to 1, by the most exact range that it is in, and how exact."""
    best, exactness = 0.0, -1
    family = codec.media_type.partition("/")[0]
    for media_type, quality in ranges:
        exact = 2 if codec.is_named(media_type) else 1 if media_type == f"{family}/*" else 0
        if (exact or media_type in ("*/*", "*")) and exact > exactness:
            best, exactness = quality, exact
    return best, exactness


def _refused(code: ProblemCode, target: str, message: str) -> RequestRefused:
    return RequestRefused(problems=(RequestProblem(code=code, target=target, message=message),))
