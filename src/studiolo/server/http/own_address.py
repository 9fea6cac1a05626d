"""The address of this server as a caller has it, for links in answers to that caller."""

from starlette.requests import Request


def own_address(request: Request) -> str:
    """The beginning of a link, with a slash at its end.

    A proxy that ends TLS says so in a header. A caller who makes it up spoils its own links only.
    """
    scheme = "https" if request.headers.get("x-forwarded-proto") == "https" else None
    base = request.base_url
    return str(base.replace(scheme=scheme) if scheme else base)
