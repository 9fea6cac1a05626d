"""Datasets that a user typed into a parameter, as Enter Data Manually has one."""

from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes
from studiolo.modules.definition import Parameter
from studiolo.modules.errors import ParameterChoiceError
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.sealed_table import SealedTable

#: What Enter Data Manually calls the formats, with and without a header.
_TYPED = {
    ("ARFF", True): FileFormat.ARFF,
    ("ARFF", False): FileFormat.ARFF,
    ("CSV", True): FileFormat.CSV,
    ("CSV", False): FileFormat.CSV_NO_HEADER,
    ("SvmLight", True): FileFormat.SVMLIGHT,
    ("SvmLight", False): FileFormat.SVMLIGHT,
    ("TSV", True): FileFormat.TSV,
    ("TSV", False): FileFormat.TSV_NO_HEADER,
}


def entered_dataset(step: Step, parameter: Parameter) -> SealedTable:
    """The dataset that a user typed into a parameter of a step.

    Raises:
        ParameterChoiceError: The module's parameter for the format has a value that names none.
        DatasetError: The text does not follow its format.
    """
    assert step.definition is not None
    values = {p.name: p.default for p in step.definition.parameters} | dict(step.parameters)
    format_name = str(values.get(parameter.format or "", "CSV"))
    chosen = _TYPED.get((format_name, bool(values.get(parameter.header or "", True))))
    if chosen is None:
        # The choices of a module of the workspace's own may differ.
        raise ParameterChoiceError(
            parameter=parameter.format or parameter.name,
            value=format_name,
            choices=sorted({name for name, _ in _TYPED}),
        )
    text = str(step.parameters[parameter.name])
    dataset = read_dataset_bytes(text.encode(), name=parameter.label, format=chosen)
    return SealedTable.of_dataset(dataset, parameter.name)
