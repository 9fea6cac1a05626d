from pathlib import Path

import pytest

from studiolo.modules.declaration import read_declaration, read_script_parameters
from studiolo.modules.definition import (
    Export,
    InputPort,
    ModuleDefinition,
    ModuleId,
    OutputPort,
    Parameter,
    ParameterKind,
    PortKind,
    PortName,
)
from studiolo.modules.errors import (
    ModuleAnnotationError,
    ModuleBlockUnreadableError,
    ModuleDeclarationError,
    ModuleDefaultError,
    ModuleEntryMissingError,
    ModuleInputsDifferError,
    ModuleKeyMissingError,
    ModuleKeyNotApplicableError,
    ModuleKeyUnknownError,
    ModuleParameterUnknownError,
    ModuleStarredParameterError,
    ModuleSyntaxError,
    ModuleValueError,
    ModuleWordUnknownError,
)

WHOLE = '''\
# /// script
# [tool.studiolo]
# name = "Split Data"
# category = ["Data Transformation", "Sample and Split"]
# classic-id = "70530644c97a4ab685f788bf30a8be5f"
# deterministic = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
# [tool.studiolo.inputs.model]
# kind = "model"
# optional = true
#
# [tool.studiolo.outputs.results_dataset1]
# [tool.studiolo.outputs.learned]
# label = "What was learned"
# kind = "transform"
# optional = true
#
# [tool.studiolo.parameters.fraction]
# label = "Fraction of rows"
# help = "Of all rows."
# minimum = 0
# maximum = 1
#
# [tool.studiolo.exports.dataset]
# file = "file"
# mode = "mode"
# ///
"""Splits the rows of a dataset into two.

And so on.
"""
raise SystemExit("nobody runs this")

def azureml_main(
    dataset, model=None, *, mode: Literal["Error", "Overwrite"] = "Error", fraction: float = 1,
    seed: int | None = None, file: str,
):
    return dataset, None
'''


def read(source: str, module: str = "my-module") -> ModuleDefinition:
    return read_declaration(source, id=ModuleId(module), path=None)


def of_parameter(annotated: str, table: str = "") -> Parameter:
    """The parameter p of a module that has two datasets and a transform."""
    block = "".join(f"# {line}\n" for line in table.splitlines())
    source = (
        f"# /// script\n# [tool.studiolo.inputs]\n# a = {{}}\n# b = {{}}\n"
        f'# t = {{kind = "transform"}}\n# [tool.studiolo.parameters.p]\n{block}# ///\n'
        f"def azureml_main(a, b, t, *, format: Literal['CSV', 'TSV'] = 'CSV',\n"
        f"    header: bool = True, {annotated}): ...\n"
    )
    parameter = read(source).parameter("p")
    assert parameter is not None
    return parameter


def test_a_whole_module() -> None:
    path = Path("modules/split_data.py")
    module = read_declaration(WHOLE, id=ModuleId("split-data"), path=path)
    assert module == ModuleDefinition(
        id=ModuleId("split-data"),
        name="Split Data",
        category=("Data Transformation", "Sample and Split"),
        description="Splits the rows of a dataset into two.",
        inputs=(
            InputPort(name=PortName("dataset"), label="Dataset", kind=PortKind.DATASET),
            InputPort(name=PortName("model"), label="Model", kind=PortKind.MODEL, optional=True),
        ),
        outputs=(
            OutputPort(
                name=PortName("results_dataset1"), label="Results dataset1", kind=PortKind.DATASET
            ),
            OutputPort(
                name=PortName("learned"),
                label="What was learned",
                kind=PortKind.TRANSFORM,
                optional=True,
            ),
        ),
        parameters=(
            Parameter(
                name="mode",
                label="Mode",
                kind=ParameterKind.CHOICE,
                default="Error",
                choices=("Error", "Overwrite"),
            ),
            Parameter(
                name="fraction",
                label="Fraction of rows",
                kind=ParameterKind.NUMBER,
                default=1.0,
                help="Of all rows.",
                minimum=0,
                maximum=1,
            ),
            Parameter(name="seed", label="Seed", kind=ParameterKind.INTEGER, nullable=True),
            Parameter(name="file", label="File", kind=ParameterKind.TEXT, required=True),
        ),
        source=WHOLE,
        path=path,
        classic_id="70530644c97a4ab685f788bf30a8be5f",
        deterministic=False,
        exports={PortName("dataset"): Export(file="file", mode="mode")},
    )


def test_a_file_without_a_block_is_a_module() -> None:
    module = read("def azureml_main(first, second_table=None):\n    return first,\n")
    assert (module.name, module.category, module.description) == ("My Module", ("Custom",), "")
    assert [(port.label, port.kind, port.optional) for port in module.inputs] == [
        ("First", PortKind.DATASET, False),
        ("Second table", PortKind.DATASET, True),
    ]
    assert [(port.name, port.label, port.optional) for port in module.outputs] == [
        ("results_dataset", "Results Dataset", False),
        ("results_dataset2", "Results Dataset2", True),
    ]
    assert module.parameters == ()


def test_a_block_may_say_that_nothing_goes_in_or_comes_out() -> None:
    source = "# /// script\n# [tool.studiolo.outputs]\n# ///\ndef azureml_main(): ...\n"
    assert (read(source).inputs, read(source).outputs) == ((), ())


@pytest.mark.parametrize(
    ("annotated", "kind", "required", "nullable", "default"),
    [
        ("p: int", ParameterKind.INTEGER, True, False, None),
        ("p: int | None", ParameterKind.INTEGER, True, True, None),
        ("p: int = -1", ParameterKind.INTEGER, False, False, -1),
        ("p: float | None = 5", ParameterKind.NUMBER, False, True, 5.0),
        ("p: Optional[float] = None", ParameterKind.NUMBER, False, True, None),
        ("p: typing.Union[None, str] = None", ParameterKind.TEXT, False, True, None),
        ("p: bool = False", ParameterKind.BOOLEAN, False, False, False),
        ("p: 'str | None' = 'x'", ParameterKind.TEXT, False, True, "x"),
        ("p: str = None", ParameterKind.TEXT, False, True, None),
        ("p=True", ParameterKind.BOOLEAN, False, False, True),
        ("p=1", ParameterKind.INTEGER, False, False, 1),
        ("p: Literal['a', 'b']", ParameterKind.CHOICE, True, False, None),
        ("p: typing.Literal['a'] | None = 'a'", ParameterKind.CHOICE, False, True, "a"),
    ],
)
def test_the_signature_says_what_a_parameter_takes(
    annotated: str, kind: ParameterKind, required: bool, nullable: bool, default: object
) -> None:
    found = of_parameter(annotated)
    assert (found.kind, found.required, found.nullable) == (kind, required, nullable)
    assert (found.default, type(found.default)) == (default, type(default))


def test_choices_may_have_a_name() -> None:
    module = read('Mode = Literal["a", "b"]\ndef azureml_main(*, mode: Mode | None = "b"): ...\n')
    (mode,) = module.parameters
    assert (mode.choices, mode.nullable, mode.default) == (("a", "b"), True, "b")


def test_the_block_says_what_the_signature_can_not() -> None:
    columns = of_parameter(
        'p: list[str] | Literal["all"] = "all"', 'kind = "columns"\nport = "b"\nlabel = "Which"'
    )
    assert (columns.kind, columns.port, columns.label) == (ParameterKind.COLUMNS, "b", "Which")
    assert columns.default == "all"
    column = of_parameter("p: str | None = None", 'kind = "column"\nport = "a"')
    assert (column.kind, column.nullable) == (ParameterKind.COLUMN, True)
    code = of_parameter("p: str", 'kind = "code"\nlanguage = "sql"')
    assert (code.kind, code.language, code.required) == (ParameterKind.CODE, "sql", True)
    file = of_parameter("p: pd.DataFrame | None = None", 'kind = "file"')
    assert (file.kind, file.nullable) == (ParameterKind.FILE, True)
    data = of_parameter("p: pd.DataFrame", 'kind = "data"\nformat = "format"\nheader = "header"')
    assert (data.kind, data.format, data.header) == (ParameterKind.DATA, "format", "header")


MISTAKES: list[tuple[str, type[ModuleDeclarationError], int, list[str]]] = [
    # What is Python.
    ("\n\ndef azureml_main(:\n", ModuleSyntaxError, 3, ["not valid Python 3: invalid syntax"]),
    ("((" * 500, ModuleSyntaxError, 1, ["nested"]),
    (f"def azureml_main(*, p: {'int | ' * 900}int): ...", ModuleSyntaxError, 1, ["nested"]),
    (f"def azureml_main(*, p: int = {'-' * 900}1): ...", ModuleSyntaxError, 1, ["nested"]),
    (f"def azureml_main(*, p: str = 0x{'f' * 5000}): ...", ModuleDefaultError, 1, ["thousands"]),
    ("x = '\0'", ModuleSyntaxError, 1, ["null bytes"]),
    ("def main(): ...\ndef more(): ...", ModuleEntryMissingError, 1, ["defines main, more."]),
    ("async def azureml_main(): ...", ModuleEntryMissingError, 1, ["no function azureml_main"]),
    ("def azureml_main(\n  *frames): ...", ModuleStarredParameterError, 2, ['"*frames"']),
    ("def azureml_main(**more): ...", ModuleStarredParameterError, 1, ['"**more"']),
    (
        "def azureml_main(*,\n  p: list[int] = ()): ...",
        ModuleAnnotationError,
        2,
        ['"p" is annotated list[int]', "[tool.studiolo.parameters.p]"],
    ),
    ("def azureml_main(*, p: int | str): ...", ModuleAnnotationError, 1, ["int | str"]),
    ("def azureml_main(*, p: Literal[1, 2]): ...", ModuleAnnotationError, 1, ["Literal[1, 2]"]),
    ("def azureml_main(*, p=None): ...", ModuleAnnotationError, 1, ["has no annotation"]),
    (
        "def azureml_main(*, p: int = 2 ** 3): ...",
        ModuleDefaultError,
        1,
        ['"p" must be written out', "not 2 ** 3."],
    ),
    ("def azureml_main(*, p: int = '5'): ...", ModuleDefaultError, 1, ["a whole number, not '5'."]),
    ("def azureml_main(*, p: int = True): ...", ModuleDefaultError, 1, ["not True."]),
    (
        "def azureml_main(*, p: Literal['a', 'b'] = 'c'): ...",
        ModuleDefaultError,
        1,
        ['one of "a", "b", not \'c\''],
    ),
]
#: The same for blocks; the first of their lines is the second of the file.
BLOCK_MISTAKES: list[tuple[str, type[ModuleDeclarationError], int, list[str]]] = [
    ("[tool.studiolo]\nname = Split", ModuleBlockUnreadableError, 3, ["Invalid value"]),
    ("[tool]\nstudiolo = 1", ModuleBlockUnreadableError, 3, ["a table, [tool.studiolo]"]),
    (
        '[tool.studiolo]\n\ncatgory = ["x"]',
        ModuleKeyUnknownError,
        4,
        ['[tool.studiolo] has no key "catgory". Did you mean "category"?', '"classic-id"'],
    ),
    ("[tool.studiolo]\nname = 1", ModuleValueError, 3, ["text in quotes, not 1."]),
    ('[tool.studiolo]\nname = " "', ModuleValueError, 3, ['"name" in [tool.studiolo]']),
    ('[tool.studiolo]\ncategory = "x"', ModuleValueError, 3, ['a list of texts, not "x".']),
    ("[tool.studiolo]\ncategory = []", ModuleValueError, 3, ["a list of texts"]),
    ("[tool.studiolo]\ncategory = [\n1,\n]", ModuleValueError, 3, ["a list of texts"]),
    ("[tool.studiolo]\ndeterministic = 'no'", ModuleValueError, 3, ["true or false"]),
    ('[tool.studiolo]\nclassic-id = "70530644C9"', ModuleValueError, 3, ["32 hexadecimal"]),
    ("[tool.studiolo]\ninputs = 1", ModuleValueError, 3, ["[tool.studiolo.inputs]"]),
    ("[tool.studiolo.inputs]\ndata = {}", ModuleInputsDifferError, 3, ['"data"', '"a", "b"']),
    ("[tool.studiolo.inputs]\nb = {}\na = {}", ModuleInputsDifferError, 3, ["same order"]),
    (
        "[tool.studiolo.inputs]\na = {}\nb = {kind = 'datset'}",
        ModuleWordUnknownError,
        4,
        ['Did you mean "dataset"?', '"dataset", "model", "transform", "zip"'],
    ),
    (
        "[tool.studiolo.outputs.c]\nlable = 'x'",
        ModuleKeyUnknownError,
        3,
        ['[tool.studiolo.outputs.c] has no key "lable". Did you mean "label"?'],
    ),
    (
        "[tool.studiolo.parameters.fracton]",
        ModuleParameterUnknownError,
        2,
        ['"fracton"', 'Did you mean "fraction"?'],
    ),
    (
        "[tool.studiolo.parameters.fraction]\nkind = 'colums'",
        ModuleWordUnknownError,
        3,
        ['Did you mean "columns"?'],
    ),
    ("[tool.studiolo.parameters.fraction]\nkind = 'columns'", ModuleKeyMissingError, 2, ['"port"']),
    (
        "[tool.studiolo.parameters.fraction]\nkind = 'columns'\nport = 'c'",
        ModuleWordUnknownError,
        4,
        ['"a", "b"'],
    ),
    ("[tool.studiolo.parameters.note]\nkind = 'code'", ModuleKeyMissingError, 2, ['"language"']),
    (
        "[tool.studiolo.parameters.note]\nkind = 'code'\nlanguage = 'cobol'",
        ModuleWordUnknownError,
        4,
        ['"csv", "python", "sql"'],
    ),
    (
        "[tool.studiolo.parameters.note]\nmaximum = 5",
        ModuleKeyNotApplicableError,
        3,
        ['"maximum", which only', '"integer", "number"', 'kind "text"'],
    ),
    ("[tool.studiolo.parameters.fraction]\nminimum = '0'", ModuleValueError, 3, ["a number"]),
    (
        "[tool.studiolo.parameters.fraction]\nused-if = {seed = 1}",
        ModuleValueError,
        3,
        ["a list of values"],
    ),
    (
        f"[tool.studiolo.parameters.fraction]\nmaximum = 0x{'f' * 5000}",
        ModuleValueError,
        3,
        ["a number, not a number of thousands of digits"],
    ),
    ("[tool.studiolo.parameters.fraction]\nminimum = nan", ModuleValueError, 3, ["a number"]),
    (
        "[tool.studiolo.parameters.fraction]\nminimum = 1\nmaximum = 0",
        ModuleValueError,
        4,
        ["the minimum, 1, or greater, not 0."],
    ),
    (
        "[tool.studiolo.parameters.fraction]\nmaximum = 0.25",
        ModuleDefaultError,
        5,
        ["a number of at most 0.25, not 0.5."],
    ),
    ("[tool.studiolo.parameters.note]\nkind = 'data'", ModuleKeyMissingError, 2, ['"format"']),
    (
        "[tool.studiolo.parameters.note]\nkind = 'data'\nformat = 'fraction'",
        ModuleWordUnknownError,
        4,
        ["There is none that it can name."],
    ),
    ("[tool.studiolo]\nrow-wise = 'yes'", ModuleValueError, 3, ["true, false or a table"]),
    ("[tool.studiolo.row-wise]\nnotes = ['a']", ModuleKeyUnknownError, 3, ['"note"']),
    ("[tool.studiolo.row-wise]\nnote = 'a'", ModuleValueError, 3, ["a list of values"]),
    ("[tool.studiolo.exports.c]\nfile = 'note'", ModuleKeyUnknownError, 2, ['"a", "b"']),
    ("[tool.studiolo.exports.a]", ModuleKeyMissingError, 2, ['"file"']),
    ("[tool.studiolo.exports.a]\nfile = 'fraction'", ModuleWordUnknownError, 3, ['"note"']),
]


@pytest.mark.parametrize(("source", "kind", "line", "facts"), MISTAKES)
def test_a_mistake_in_the_code(
    source: str, kind: type[ModuleDeclarationError], line: int, facts: list[str]
) -> None:
    with pytest.raises(kind) as caught:
        read_declaration(source, id=ModuleId("x"), path=Path("modules/x.py"))
    assert (caught.value.file, caught.value.line) == ("modules/x.py", line)
    assert str(caught.value).startswith(f"modules/x.py, line {line}: ")
    for fact in facts:
        assert fact in str(caught.value)


@pytest.mark.parametrize(("block", "kind", "line", "facts"), BLOCK_MISTAKES)
def test_a_mistake_in_the_block(
    block: str, kind: type[ModuleDeclarationError], line: int, facts: list[str]
) -> None:
    body = "".join(f"# {text}\n" for text in block.splitlines())
    entry = "def azureml_main(a, b, *, fraction: float = 0.5, note: str = ''): ..."
    with pytest.raises(kind) as caught:
        read(f"# /// script\n{body}# ///\n{entry}\n")
    assert (caught.value.file, caught.value.line) == ("my_module.py", line)
    for fact in facts:
        assert fact in str(caught.value)


def test_two_blocks() -> None:
    block = "# /// script\n# dependencies = []\n# ///\n"
    with pytest.raises(ModuleBlockUnreadableError, match=r"line 5: .*in line 1"):
        read(f"{block}\n{block}def azureml_main(): ...\n")


def test_the_ports_of_execute_python_script_are_not_its_arguments() -> None:
    source = (
        "# /// script\n# [tool.studiolo.inputs]\n# dataset1 = {optional = true}\n"
        '# script_bundle = {kind = "zip", optional = true}\n# ///\n'
        "def azureml_main(dataframe1=None): ...\n"
    )
    assert [port.name for port in read(source, "execute-python-script").inputs] == [
        "dataset1",
        "script_bundle",
    ]
    with pytest.raises(ModuleInputsDifferError):
        read(source)


def test_a_doubtful_escape_is_not_for_us_to_warn_of() -> None:
    assert read("X = '\\d'\ndef azureml_main(): ...\n").inputs == ()


def test_the_same_text_is_read_once() -> None:
    assert read(WHOLE) is read(WHOLE)
    assert read_script_parameters(WHOLE) is read_script_parameters(WHOLE)


def test_parameters_of_a_script() -> None:
    found = read_script_parameters(
        "# /// script\n# [tool.studiolo.parameters]\n# trees = {label = 'How many', minimum = 1}\n"
        "# depth = {minimum = 'x'}\n# table = {kind = 'file'}\n# ///\n"
        "def azureml_main(a=None, *args, trees: int = 100, depth: int = 3, table: str = '',\n"
        "    rate=0.5, where=[1], limit: float = math.inf, name, size: int | None = 5,\n"
        "    way: Literal['a', 'b'] = 'a', odd: int = 0.5, **more): ...\n"
    )
    # A description that is wrong, or is none for a script, is left out.
    assert found == (
        Parameter(
            name="trees", label="How many", kind=ParameterKind.INTEGER, default=100, minimum=1
        ),
        Parameter(name="depth", label="Depth", kind=ParameterKind.INTEGER, default=3),
        Parameter(name="table", label="Table", kind=ParameterKind.TEXT, default=""),
        Parameter(name="rate", label="Rate", kind=ParameterKind.NUMBER, default=0.5),
        Parameter(name="where", label="Where", kind=ParameterKind.TEXT),
        Parameter(name="limit", label="Limit", kind=ParameterKind.NUMBER, nullable=True),
        Parameter(name="name", label="Name", kind=ParameterKind.TEXT, required=True),
        Parameter(name="size", label="Size", kind=ParameterKind.INTEGER, default=5, nullable=True),
        Parameter(
            name="way", label="Way", kind=ParameterKind.CHOICE, default="a", choices=("a", "b")
        ),
        Parameter(name="odd", label="Odd", kind=ParameterKind.INTEGER),
    )


@pytest.mark.parametrize(
    "source",
    [
        "def azureml_main(:",
        "x = 1",
        "((" * 500,
        "# \0",
        "async def azureml_main(*, p=1): ...",
        f"def azureml_main(*, p: {'int | ' * 900}int): ...",
    ],
)
def test_a_script_that_can_not_be_read_has_no_parameters(source: str) -> None:
    assert read_script_parameters(source) == ()


def test_a_script_whose_block_can_not_be_read_has_parameters() -> None:
    source = "# /// script\n# [tool\n# ///\ndef azureml_main(*, p=1): ...\n"
    assert [parameter.name for parameter in read_script_parameters(source)] == ["p"]
