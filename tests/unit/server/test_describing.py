"""The documents of a service at their addresses."""

from collections.abc import Callable

import httpx
import pytest
from tests.unit.server.servers import PRIMARY, Served, error_of

KEY = {"Authorization": f"Bearer {PRIMARY.reveal()}"}


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=30)


def swagger(server: Served) -> str:
    return server.execute.partition("/execute")[0] + "/swagger.json"


def beside_the_help_page(server: Served) -> str:
    endpoint = server.records[0].endpoint.id
    return f"{server.url}/workspaces/w/webservices/s/endpoints/{endpoint}/apidocument"


@pytest.mark.parametrize("address", [swagger, beside_the_help_page])
def test_the_swagger_document_leads_to_the_endpoint_that_has_it(
    server: Served, address: Callable[[Served], str]
) -> None:
    document = get(address(server), **KEY).json()
    (path,) = [path for path in document["paths"] if "/execute?" in path]
    url = f"{document['schemes'][0]}://{document['host']}{document['basePath']}{path}"
    example = document["definitions"]["ExecutionRequest"]["example"]
    answer = httpx.post(url, json=example, headers=KEY, timeout=30)
    assert answer.status_code == 200, answer.text
    assert list(answer.json()["Results"]) == ["output1"]


def test_the_openapi_document_leads_to_the_endpoint_that_has_it(server: Served) -> None:
    document = get(f"{server.url}/services/iris/openapi.json", **KEY).json()
    assert document["info"] == {"title": "iris", "version": "1"}
    for path, key in zip(document["paths"], ("outputs", "Results"), strict=True):
        post = document["paths"][path]["post"]
        example = post["requestBody"]["content"]["application/json"]["example"]
        url = document["servers"][0]["url"] + path
        answer = httpx.post(url, json=example, headers=KEY, timeout=30)
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == [key]


def test_an_endpoint_has_a_document_of_its_own(server: Served) -> None:
    document = get(f"{server.url}/services/iris/endpoints/default/openapi.json", **KEY).json()
    assert "/services/iris/endpoints/default/score" in document["paths"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_a_document_has_a_row_of_the_owner_s_data_and_takes_a_key(
    server: Served, headers: dict[str, str]
) -> None:
    for url in (
        swagger(server),
        beside_the_help_page(server),
        f"{server.url}/services/iris/openapi.json",
    ):
        answer = get(url, **headers)
        assert (answer.status_code, error_of(answer)[0]) == (401, "Unauthorized")
