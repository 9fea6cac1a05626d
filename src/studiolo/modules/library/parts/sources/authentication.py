"""Requests that say who asks, by a secret of the node, and the answers to them."""

import base64
import email.utils
import hashlib
import hmac
import os
import urllib.parse
import urllib.request
from xml.etree import ElementTree

from .names_there import instead_of
from .web_answers import RefusalError, answer_to, request_for, shown_address


def secret_value(name: str, authentication: str) -> str:
    """The value of a secret of the node."""
    name = name.strip()
    if not name:
        raise ValueError(f"{authentication} needs a secret. Give its name.")
    if not os.environ.get(name):
        raise ValueError(
            f'The node is not given the secret "{name}". Add secrets: [{name}] to the node, and '
            f"keep the value with studiolo secret set {name}."
        )
    return os.environ[name].strip()


def answer_to_caller(request: urllib.request.Request, authentication: str, secret: str) -> bytes:
    """The bytes that the server answers a request with that says who asks.

    Args:
        request: The request, which is changed.
        authentication: "None", "Bearer token", "SAS" or "Account key".
        secret: The name of the node's secret; empty for none.

    Raises:
        RefusalError: The server answers with an error; if a blob or its container does not exist,
            it lists those that do.
        ValueError: The server does not answer, or the secret can't open anything.
    """
    address = request.full_url
    _authenticate(request, authentication, secret)
    try:
        return answer_to(request, follow=authentication == "None")
    except RefusalError as error:
        if error.code not in ("BlobNotFound", "ContainerNotFound"):
            raise
        there = _blobs_there(address, error.code, authentication, secret)
        raise RefusalError(str(error).rstrip(".") + there + ".", error.code) from error


def _blobs_there(address: str, code: str, authentication: str, secret: str) -> str:
    """Sentences on the blobs, or the containers, that exist; see "List Blobs" of Azure."""
    parts = urllib.parse.urlsplit(address)
    container, _, blob = urllib.parse.unquote(parts.path).lstrip("/").partition("/")
    if code == "BlobNotFound":
        wanted, owner, kind = blob, f'The container "{container}"', "blob"
        asked = f"/{urllib.parse.quote(container)}?restype=container&comp=list"
    else:
        wanted, owner, kind, asked = container, "The account", "container", "/?comp=list"
    request = request_for(f"{parts.scheme}://{parts.netloc}{asked}")
    try:
        _authenticate(request, authentication, secret)
        answer = ElementTree.fromstring(answer_to(request, follow=False))  # noqa: S314  # in the sandbox
    except (ValueError, ElementTree.ParseError):
        return ""  # Who may read a blob need not be allowed to list them.
    names = sorted(name.text or "" for name in answer.iter("Name"))
    return instead_of(wanted, owner, kind, names)


def _authenticate(request: urllib.request.Request, authentication: str, secret: str) -> None:
    """Have the request say who asks."""
    if authentication == "None":
        return
    value = secret_value(secret, authentication)
    if authentication == "Bearer token":
        request.add_header("Authorization", f"Bearer {value}")
    elif authentication == "SAS":
        # People copy the signature alone, with its question mark, or as the end of an address.
        joint = "&" if "?" in request.full_url else "?"
        request.full_url += joint + value.rpartition("?")[2]
    else:
        _sign(request, value, secret.strip())


def _sign(request: urllib.request.Request, key: str, secret: str) -> None:
    """Sign the request; see "Authorize with Shared Key" in Azure's documentation."""
    account, of_blobs, _ = request.host.partition(".blob.")
    if not of_blobs:
        raise ValueError(
            f"{shown_address(request)} is not the address of a blob, which an account key opens. "
            "Write https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB."
        )
    try:
        plain_key = base64.b64decode(key, validate=True)
    except ValueError as error:
        raise ValueError(f'The secret "{secret}" is not an account key: not Base64.') from error
    request.add_header("x-ms-date", email.utils.formatdate(usegmt=True))
    request.add_header("x-ms-version", "2021-08-06")
    headers = {name.lower(): value for name, value in request.header_items()}
    own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name[:5] == "x-ms-")
    parts = urllib.parse.urlsplit(request.full_url)
    resource = f"/{account}{parts.path}"
    for name, values in sorted(urllib.parse.parse_qs(parts.query).items()):
        resource += f"\n{name.lower()}:{','.join(sorted(values))}"
    length = str(len(request.data)) if isinstance(request.data, bytes) and request.data else ""
    lines = [request.get_method(), "", "", length, "", headers.get("content-type", "")]
    lines += ["", "", "", headers.get("if-none-match", ""), "", "", own + resource]
    digest = hmac.digest(plain_key, "\n".join(lines).encode(), hashlib.sha256)
    signature = base64.b64encode(digest).decode()
    request.add_header("Authorization", f"SharedKey {account}:{signature}")
