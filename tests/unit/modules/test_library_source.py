"""Parts of the library's modules: each is put where it is imported, once."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from studiolo.modules.catalogue import LIBRARY, load_library
from studiolo.modules.definition import ModuleId
from studiolo.modules.library_source import PARTS, library_source

MODULES = load_library()
SHARING = sorted(m for m, one in MODULES.items() if one.path and PARTS in one.path.read_text())


def test_a_part_is_put_before_its_use_and_once(tmp_path: Path) -> None:
    parts = tmp_path / PARTS
    (parts / "more").mkdir(parents=True)
    (parts / "one.py").write_text('"""One."""\n\nimport os\n\nONE = os.name\n')
    (parts / "more" / "two.py").write_text(
        '"""Two."""\n\nfrom ..one import ONE\n\nTWO = [ONE, 2]\n'
    )
    module = tmp_path / "category" / "module.py"
    module.parent.mkdir()
    module.write_text(
        "import re\n\nfrom ..parts.one import (\n    ONE,\n)\nfrom ..parts.more.two import TWO\n\n"
        "x = TWO\n"
    )
    assert library_source(module).split("\n") == [
        *("import re", "", "", "# The part one:", "import os", "", "ONE = os.name", ""),
        *("", "# The part two:", "TWO = [ONE, 2]", "", "", "x = TWO", ""),
    ]


@pytest.mark.parametrize("module", SHARING)
def test_names_of_parts_do_not_meet(module: ModuleId) -> None:
    tree = ast.parse(MODULES[module].source)
    names: Counter[str] = Counter()
    for node in tree.body:
        assert not isinstance(node, ast.ImportFrom) or node.level == 0
        match node:
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                names.update(one.asname or one.name for one in imported)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] += 1
            case ast.Assign(targets=targets):
                names.update(n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_part_is_used() -> None:
    used = "\n".join(MODULES[module].source for module in SHARING)
    for part in (LIBRARY / PARTS).rglob("*.py"):
        assert f"# The part {part.stem}:" in used
