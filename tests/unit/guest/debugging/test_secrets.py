import pytest

from studiolo_guest.debugging.secrets import is_secret_name, without_secrets


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "db_password",
        "dbPassword",
        "PASSWD",
        "api_key",
        "apiKey",
        "APIKey",
        "AccountKey",
        "key",
        "SAS_TOKEN",
        "client_secret",
        "connection_string",
        "pwd",
    ],
)
def test_a_name_of_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "dataframe1",
        "keyword",
        "monkey",
        "tokens",
        "keys",
        "passed",
        "비밀번호",
        "x",
        "",
        "KeyError",
    ],
)
def test_an_ordinary_name(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Login(user='me', password='hunter2')", "Login(user='me', password=•••)"),
        ('{"api_key": "abc", "n": 1}', '{"api_key": •••, "n": 1}'),
        ("AccountName=a;AccountKey=xyz==;Suffix=b", "AccountName=a;AccountKey=•••;Suffix=b"),
        ("postgresql://me:pw@db.example.org/x", "postgresql://•••@db.example.org/x"),
        ("https://a.example.org/f?sv=1&sig=abc%3D", "https://a.example.org/f?sv=1&sig=•••"),
        ("the token of my affection", "the token of my affection"),
    ],
)
def test_what_a_text_assigns_to_names_of_secrets_is_hidden(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


def test_values_are_hidden_wherever_they_are() -> None:
    assert without_secrets("a hunter2 b", ("hunter2",)) == "a ••• b"
