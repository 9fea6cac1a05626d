import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import (
    FONT_FOLDER,
    EnvironmentSpec,
    InstalledPackage,
    default_spec,
    digest,
    environment_in,
)
from studiolo.environments.interpreter import running_interpreter


def test_key_depends_on_lock_and_interpreter_only() -> None:
    spec = EnvironmentSpec(name="one", lock="six==1.17.0\n")
    other_python = replace(running_interpreter(), identity="another")
    assert replace(spec, name="two").key == spec.key
    assert replace(spec, lock="six==1.16.0\n").key != spec.key
    assert replace(spec, interpreter=other_python).key != spec.key


def test_digest_keeps_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("ab")) == 16


def test_place_of_an_environment(tmp_path: Path) -> None:
    spec = EnvironmentSpec(name="one", lock="")
    environment = environment_in(tmp_path, spec)
    assert environment.path == tmp_path / f"one-{spec.key}"
    assert environment.python == environment.path / "bin" / "python"
    assert environment.base_prefix == Path(sys.base_prefix)


def test_packages_are_listed_by_normalised_name(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, EnvironmentSpec(name="one", lock=""))
    site = environment.path / "lib" / "python3.11" / "site-packages"
    for folder in ("scikit_learn-1.9.1.dist-info", "PyYAML-6.0.3.dist-info", "sklearn"):
        (site / folder).mkdir(parents=True)
    assert environment.packages() == (
        InstalledPackage(name="pyyaml", version="6.0.3"),
        InstalledPackage(name="scikit-learn", version="1.9.1"),
    )
    assert environment.has_package("Scikit.Learn")
    assert not environment.has_package("seaborn")


def test_default_lock_is_hashed_and_names_no_host() -> None:
    lock = default_spec().lock
    pins = [line for line in lock.splitlines() if "==" in line]
    assert {"numpy", "pandas", "pyarrow", "scikit-learn"} <= {pin.split("==")[0] for pin in pins}
    assert all(pin.endswith("\\") for pin in pins), "every version is followed by its hashes"
    assert "://" not in lock
    assert "--index" not in lock


def test_interpreter_is_the_one_outside_the_virtual_environment() -> None:
    interpreter = running_interpreter()
    code = "import sys; print(sys.prefix == sys.base_prefix, sys.base_prefix)"
    said = subprocess.run(
        [interpreter.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["True", str(interpreter.base_prefix)]
    assert interpreter.version == sys.version_info[:3]


def test_opening_an_environment_imports_the_standard_library_only() -> None:
    code = (
        "import sys, studiolo.environments.script_environment\n"
        "ours = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(ours - sys.stdlib_module_names - {'__main__'}))"
    )
    before = "import sys; print(sorted({n.split('.')[0] for n in sys.modules} - "
    before += "sys.stdlib_module_names - {'__main__'}))"
    said = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        for text in (before, code)
    ]
    baseline, loaded = (set(eval(run.stdout)) for run in said)
    assert loaded - baseline == {"studiolo"}


def test_a_list_of_fonts_is_kept_until_a_font_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts, home = tmp_path / "fonts" / "truetype", tmp_path / "home"
    fonts.mkdir(parents=True)
    monkeypatch.setattr("studiolo.environments.environment._FONTS", (str(fonts.parent),))
    environment = environment_in(home, default_spec())
    assert environment.font_list is None
    made = environment.path / FONT_FOLDER / "fontlist-1.json"
    made.parent.mkdir(parents=True)
    made.touch()
    os.utime(made, (2_000_000_000, 2_000_000_000))
    assert environment.font_list == made
    os.utime(fonts, (2_000_000_001, 2_000_000_001))
    assert environment.font_list is None
