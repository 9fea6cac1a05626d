"""The files of the built front end, and the page that stands in for them where it is not built."""

from pathlib import Path
from urllib.parse import quote, unquote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from studiolo.files.inside import stays_inside
from studiolo.rendering.templates import rendered
from studiolo.server.access.sessions import Sessions
from studiolo.server.page.signing_in import SIGN_IN, followed_link

#: Where a built front end is in the package; `make frontend` puts it there.
BUILT = Path(__file__).parents[2] / "_ui"
#: Everything comes from this server, and nothing runs that is written into a page. Pictures that
#: the page makes of bytes are "blob:".
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Files in it have a part of their content's digest in their names.
_HASHED = "assets/"
_FOREVER = "public, max-age=31536000, immutable"
#: The pages of the studio; the script of the one built page looks at the address. A service's help
#: page is at /services/NAME.
_PAGES = (
    *(f"/{name}" for name in ("experiments", "runs", "datasets", "models", "services", "settings")),
    *(f"/{name}/{{rest:path}}" for name in ("experiments", "runs", "datasets", "models")),
    "/services/{service}/dashboard",
)
#: How addresses begin that programs call: what is wrong with one is not said by a page.
_FOR_PROGRAMS = {"api", "assets", "files", "services", "static", "subscriptions", "workspaces"}
#: The page, and the same with what the canvas needs: the build makes both.
_PAGE, _CANVAS = "index.html", "canvas.html"
#: What the page's script leaves as it is in an address: JavaScript's `encodeURIComponent`.
_LEFT_AS_IT_IS = "!~*'()"
#: What the build has compressed beforehand, best first: by the name of the coding, the extension.
_COMPRESSED = {"br": ".br", "gzip": ".gz"}
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain",
}


def page_routes(sessions: Sessions, built: Path = BUILT) -> APIRouter:
    """The routes; to be included after all others, which they leave alone."""
    routes = APIRouter(include_in_schema=False)

    async def page(request: Request) -> Response:
        """The page, whatever part of the studio is asked for."""
        return _page(request, built)

    async def sign_in(request: Request) -> Response:
        """The end of the link that `studiolo serve` prints; without a token, the page."""
        token = request.query_params.get("token")
        if token is not None:
            return followed_link(sessions, request, token)
        return _page(request, built)

    async def file(request: Request) -> Response:
        """A file that the page loads."""
        return _file(request, built, request.url.path.lstrip("/"))

    for address in ("/", *_PAGES):
        routes.add_api_route(address, page, methods=["GET", "HEAD"])
    routes.add_api_route(SIGN_IN, sign_in, methods=["GET", "HEAD"])
    # Not every path: what only takes POST still says so.
    for address in ("/assets/{name:path}", "/{name}"):
        routes.add_api_route(address, file, methods=["GET", "HEAD"])
    return routes


def lost_page(request: Request, built: Path = BUILT) -> Response | None:
    """The page for an address that has nothing, with status 404; None if no person asks for it.

    The page says that there is nothing, and leads on.
    """
    first = request.url.path.split("/")[1]
    by_browser = "text/html" in request.headers.get("accept", "")
    if request.method not in ("GET", "HEAD") or not by_browser or first in _FOR_PROGRAMS:
        return None
    answer = _page(request, built)
    answer.status_code = 404
    return answer


def _page(request: Request, built: Path) -> Response:
    experiment = _experiment(request)
    if experiment is not None and (built / _CANVAS).is_file():
        answer = _file(request, built, _CANVAS)
        # The browser asks for it while it loads the script that will.
        address = f"/api/experiments/{quote(experiment, safe=_LEFT_AS_IT_IS)}"
        answer.headers["Link"] = f"<{address}>; rel=preload; as=fetch; crossorigin"
        return answer
    if (built / _PAGE).is_file():
        return _file(request, built, _PAGE)
    page = rendered("server_front.html", studio=True)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _experiment(request: Request) -> str | None:
    """The experiment whose canvas an address shows."""
    parts = request.scope["raw_path"].decode("ascii", "replace").split("/")
    return unquote(parts[2]) if len(parts) == 3 and parts[1] == "experiments" else None


def _file(request: Request, built: Path, name: str) -> Response:
    path = built / name
    if not name or not stays_inside(name) or path.suffix not in _TYPES or not path.is_file():
        raise HTTPException(404)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": _FOREVER if name.startswith(_HASHED) else "no-cache",
        "Vary": "Accept-Encoding",
    }
    media_type = _TYPES[path.suffix]
    accepted = {
        coding.partition(";")[0].strip()
        for coding in request.headers.get("accept-encoding", "").split(",")
    }
    for coding, extension in _COMPRESSED.items():
        small = path.with_name(path.name + extension)
        if coding in accepted and small.is_file():
            headers["Content-Encoding"] = coding
            path = small
            break
    return Response(path.read_bytes(), headers=headers, media_type=media_type)
