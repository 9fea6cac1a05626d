from pathlib import Path

import pytest

from studiolo.modules import catalogue
from studiolo.modules.catalogue import Catalogue, load_library
from studiolo.modules.definition import ModuleId
from studiolo.modules.errors import (
    ModuleEntryMissingError,
    ModuleIdTakenError,
    ScriptUnreadableError,
    UnknownModuleError,
)

ENTRY = "def azureml_main(dataset):\n    return dataset\n"


def categorised(name: str, *category: str) -> str:
    listed = ", ".join(f'"{part}"' for part in category)
    return (
        f'# /// script\n# [tool.studiolo]\n# name = "{name}"\n# category = [{listed}]\n# ///\n'
        + ENTRY
    )


def test_fields_of_a_mode_are_used_in_that_mode_alone() -> None:
    """The declarations of the library are read, so what they name is there; see `used-if`."""
    for module in load_library().values():
        for parameter in module.parameters:
            choices = [
                choice
                for other in module.parameters
                for choice in other.choices
                if parameter.help.startswith((f"{choice} only", f"{choice} and "))
            ]
            # What the help says of a mode, the form knows.
            assert bool(choices) <= bool(parameter.used_if), parameter
            assert set(choices) <= {
                value for values in parameter.used_if.values() for value in values
            }


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for place, source in {
        "data_transformation/split_data.py": categorised("Split Data", "Data", "Sample"),
        "data_transformation/add_rows.py": categorised("Add Rows", "Data", "Manipulation"),
        "data_transformation/add_columns.py": categorised("Add Columns", "Data", "Manipulation"),
        "statistics/summarize_data.py": categorised("Summarize Data", "Statistics"),
    }.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "modules"
    folder.mkdir()
    return folder


def test_built_in_modules_and_those_of_a_workspace(library: Path, own: Path) -> None:
    (own / "my_module.py").write_text(ENTRY, encoding="utf-8")
    found = Catalogue(own, library=library)
    assert found.find(ModuleId("my-module")).path == own / "my_module.py"
    assert found.find(ModuleId("split-data")).name == "Split Data"
    assert [module.name for module in found.definitions] == [
        "My Module",
        "Add Columns",
        "Add Rows",
        "Split Data",
        "Summarize Data",
    ]


def test_a_workspace_need_not_have_modules(library: Path, tmp_path: Path) -> None:
    assert len(Catalogue(library=library).definitions) == 4
    assert len(Catalogue(tmp_path / "none", library=library).definitions) == 4


@pytest.mark.parametrize("name", ["split-date", "Split Data", "split_data", "SPLIT-DATA"])
def test_an_unknown_module_suggests_one_like_it(library: Path, name: str) -> None:
    with pytest.raises(UnknownModuleError) as caught:
        Catalogue(library=library).find(ModuleId(name))
    assert f'There is no module "{name}". Did you mean "split-data"?' in str(caught.value)
    assert "add-rows" in caught.value.known


def test_finding_one_module_reads_no_other(
    library: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def noted(source: str, *, id: ModuleId, path: Path | None) -> object:  # noqa: A002
        read.append(id)
        return object()

    monkeypatch.setattr(catalogue, "read_declaration", noted)
    (own / "mine.py").write_text(ENTRY, encoding="utf-8")
    found = Catalogue(own, library=library)
    assert read == []
    found.find(ModuleId("split-data"))
    found.find(ModuleId("split-data"))
    assert read == ["split-data"]


def test_a_broken_module_breaks_no_other(library: Path, own: Path) -> None:
    (own / "broken.py").write_text("def main(): ...\n", encoding="utf-8")
    (own / "latin.py").write_bytes(b"# \xe9\n")
    (own / "whole.py").write_text(ENTRY, encoding="utf-8")
    found = Catalogue(own, library=library)
    assert "Whole" in [module.name for module in found.definitions]
    assert list(found.errors) == ["broken", "latin"]
    for _ in range(2):
        with pytest.raises(ModuleEntryMissingError) as caught:
            found.find(ModuleId("broken"))
        assert caught.value.file == str(own / "broken.py")
    with pytest.raises(ScriptUnreadableError):
        found.find(ModuleId("latin"))


def test_a_workspace_can_not_give_a_built_in_name_another_meaning(library: Path, own: Path) -> None:
    (own / "split_data.py").write_text(ENTRY, encoding="utf-8")
    found = Catalogue(own, library=library)
    with pytest.raises(ModuleIdTakenError, match=r"rename the file") as caught:
        found.find(ModuleId("split-data"))
    assert (caught.value.file, caught.value.other) == (
        str(own / "split_data.py"),
        "a built-in module",
    )
    assert len(found.definitions) == 3


def test_two_files_can_not_make_one_module(library: Path, own: Path) -> None:
    (own / "my-module.py").write_text(ENTRY, encoding="utf-8")
    (own / "my_module.py").write_text(ENTRY, encoding="utf-8")
    with pytest.raises(ModuleIdTakenError, match=r"my-module\.py"):
        Catalogue(own, library=library).find(ModuleId("my-module"))


def test_hidden_files_are_no_modules(library: Path, own: Path) -> None:
    for name in (".draft.py", "_old.py", "__init__.py", "notes.txt"):
        (own / name).touch()
    assert len(Catalogue(own, library=library).definitions) == 4
    assert Catalogue(own, library=library).errors == {}


def test_a_catalogue_says_what_it_said_and_a_new_one_looks_again(library: Path, own: Path) -> None:
    path = own / "mine.py"
    path.write_text(ENTRY, encoding="utf-8")
    first = Catalogue(own, library=library)
    assert first.find(ModuleId("mine")).description == ""
    path.write_text(f'"""Changed."""\n{ENTRY}', encoding="utf-8")
    assert first.find(ModuleId("mine")).description == ""
    assert Catalogue(own, library=library).find(ModuleId("mine")).description == "Changed."


def test_every_module_of_the_library_can_be_read() -> None:
    assert Catalogue().errors == {}
    library = load_library()
    assert sorted(library) == sorted(module.id for module in Catalogue().definitions)
    for module in library.values():
        assert module.description, module.id
        assert module.path is not None
        folder = module.category[0].lower().replace(" ", "_").replace("-", "_")
        assert module.path.parent.name == folder, module.id


def test_no_two_modules_of_the_library_were_one_in_the_classic_studio() -> None:
    known = [module.classic_id for module in load_library().values() if module.classic_id]
    assert len(set(known)) == len(known)
