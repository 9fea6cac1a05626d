import pickle

import pytest

from studiolo.store.database_address import DatabaseAddress


@pytest.mark.parametrize(
    ("url", "shown", "database"),
    [
        ("postgresql://studio@db:5432/records", "postgresql://studio@db:5432/records", "records"),
        ("postgres://studio:S3CRET@db/records", "postgresql://studio@db/records", "records"),
        ("postgresql+psycopg://db", "postgresql://db", ""),
        ("postgresql:///my%20records", "postgresql:///my%20records", "my records"),
        ("postgresql://u:S3CRET%40%2F@[::1]:1/r", "postgresql://u@[::1]:1/r", "r"),
        ("postgresql://u:S3CRET@a:1,b:2/r", "postgresql://u@a:1,b:2/r", "r"),
        ("postgresql://db/r?password=S3CRET&sslmode=require", "postgresql://db/r", "r"),
        ("postgresql://:S3CRET@/r?host=/run/postgresql", "postgresql://@/r", "r"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str, database: str) -> None:
    address = DatabaseAddress(url)
    assert str(address) == f"{address}" == shown
    assert repr(address) == f"DatabaseAddress({shown!r})"
    assert address.database == database
    assert address.reveal() == "postgresql://" + url.partition("://")[2]
    assert address == DatabaseAddress(url)
    assert address != DatabaseAddress(url + "x")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must be the URL"),
        ("S3CRET", "must be the URL"),
        ("mysql://u:S3CRET@db/r", "must be the URL"),
        ("sqlite:///S3CRET.db", "must be the URL"),
        ("postgresql:S3CRET", "must be the URL"),
        ("postgresql://u:S3CRET @db/r", "a blank is written %20"),
        ("postgresql://u:S3CRET\n@db/r", "control characters"),
        ("postgresql://u:S3/CRET@db/r", "%2F"),
        ("postgresql://u:S3?CRET@db/r", "%3F"),
        ("postgresql://u:S3#CRET@db/r", "%23"),
        ("postgresql://u:S3@CRET@db/r", "%40"),
        ("postgresql://u:S3[CRET@db/r", "%5B|Invalid IPv6 URL"),
        ("postgresql://u:S3CRET/r", "%3A"),
    ],
)
def test_what_is_not_an_address_is_not_repeated(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        DatabaseAddress(url)
    assert "CRET" not in str(refused.value)


def test_an_address_goes_to_another_process_whole() -> None:
    address = DatabaseAddress("postgresql://u:p@db/r")
    assert pickle.loads(pickle.dumps(address)).reveal() == address.reveal()
