import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

NO_PROXY_HERE = "http://127.0.0.1:9"
MakeWheel = Callable[..., None]


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages, and a uv that knows no other place to get any from."""
    folder = tmp_path / "packages"
    folder.mkdir()
    settings = tmp_path / "packages.toml"
    settings.write_text(f"no-index = true\nfind-links = [{str(folder)!r}]\n")
    monkeypatch.setenv("UV_CONFIG_FILE", str(settings))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    # Should uv ask a registry all the same, nobody answers, and the test fails.
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(proxy, NO_PROXY_HERE)
        monkeypatch.delenv(proxy.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return folder


@pytest.fixture
def wheel(packages: Path) -> MakeWheel:
    """Puts a wheel into that folder."""

    def make(name: str, version: str = "1.0", files: Mapping[str, str] | None = None) -> None:
        info = f"{name}-{version}.dist-info"
        texts = {
            **(files or {f"{name}.py": "VALUE = 1\n"}),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
        with ZipFile(packages / f"{name}-{version}-py3-none-any.whl", "w") as archive:
            for path, text in {**texts, f"{info}/RECORD": record}.items():
                archive.writestr(path, text)

    return make


@pytest.fixture
def source_package(packages: Path) -> Callable[[str, str], None]:
    """Puts a package that has to be built into that folder."""

    def make(name: str, setup: str) -> None:
        with tarfile.open(packages / f"{name}-1.0.tar.gz", "w:gz") as archive:
            member = tarfile.TarInfo(f"{name}-1.0/setup.py")
            member.size = len(setup)
            archive.addfile(member, io.BytesIO(setup.encode()))

    return make
