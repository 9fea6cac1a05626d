"""The page's Korean words for the library's modules: each label that it shows has one."""

import re
from pathlib import Path

from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "frontend" / "src" / "words" / "library.ts"


def test_every_label_of_the_library_has_a_korean_word() -> None:
    said = set(re.findall(r'^  "([^"]+)": "[^"]+",$', WORDS.read_text(encoding="utf-8"), re.M))
    shown: set[str] = set()
    for definition in Workspace(samples_folder()).catalogue.definitions:
        shown.update(definition.category)
        shown.update(port.label for port in definition.inputs)
        shown.update(port.label for port in definition.outputs)
        for parameter in definition.parameters:
            shown.update((parameter.label, *parameter.choices))
    assert len(shown) > 100
    assert sorted(shown - said) == []
