"""Holding what a caller sent against the schema of the service."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.modules.errors import ParameterValueError
from studiolo.modules.values import allowed_values, checked_value
from studiolo.services.classic_text import double_text
from studiolo.services.columns import NEEDED, ColumnReader
from studiolo.services.schema import PortSchema, ServiceSchema
from studiolo.services.scoring import ProblemCode, RequestProblem, RequestRefused, ScoringRequest
from studiolo.services.words import first_repeated, listed, meant, quoted, sent_instead, shown

#: Problems of a request that are told; there may be one for each of its cells.
MOST_PROBLEMS = 20


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A table as a caller wrote it: text, numbers, booleans and None."""

    names: Sequence[str]
    #: The cells of each column, as many as there are rows.
    columns: Sequence[Sequence[object]]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0


class Validator:
    """Holds requests against the schema of one version of a service; made once for all of them."""

    def __init__(self, schema: ServiceSchema) -> None:
        self.schema = schema
        #: Whether numbers with a point have to come with all their digits, for decimal columns.
        self.exact = any(
            pa.types.is_decimal(column.type)
            for port in schema.inputs.values()
            for column in port.columns
        )
        self._inputs = {name: _InputReader(name, port) for name, port in schema.inputs.items()}
        self._parameters = {parameter.name: parameter for parameter in schema.parameters}

    def columns(self, name: str) -> Sequence[str]:
        """The names of an input's columns; none for an input that there is not."""
        port = self.schema.inputs.get(name)
        return port.names() if port else ()

    def check(
        self,
        inputs: Mapping[str, Cells | pa.Table],
        parameters: Mapping[str, object],
    ) -> ScoringRequest | RequestRefused:
        """The request, if it is as the schema has it; or what is wrong with it.

        Args:
            inputs: By input name, what the caller sent: cells, or a table that `check_table` has
                seen. Columns may be in any order.
            parameters: Web-service parameters, typed or as text.
        """
        problems = _Problems()
        self._check_names(inputs, problems)
        tables = {}
        if not problems.found:
            for name, reader in self._inputs.items():
                table = reader.read(inputs[name], problems)
                if table is not None:
                    tables[name] = table
        values = self._values(parameters, problems)
        if problems.found:
            return RequestRefused(problems=tuple(problems.found))
        return ScoringRequest(inputs=tables, parameters=values)

    def check_outside(
        self, inputs: Sequence[str], parameters: Mapping[str, object]
    ) -> RequestRefused | None:
        """Mistakes beside the rows: in the names of inputs, and in the parameters."""
        problems = _Problems()
        self._check_names(dict.fromkeys(inputs), problems)
        self._values(parameters, problems)
        return RequestRefused(problems=tuple(problems.found)) if problems.found else None

    def _check_names(self, inputs: Mapping[str, object], problems: "_Problems") -> None:
        for name in self._inputs:
            if name not in inputs:
                message = (
                    f'The input "{name}" is missing. The service takes {listed(self._inputs)}.'
                )
                problems.add(ProblemCode.MISSING_INPUT, message, target=name)
        for name in inputs:
            if problems.full:
                return
            if name not in self._inputs:
                takes = listed(self._inputs) if self._inputs else "no input"
                message = f'There is no input "{shown(name)}". The service takes {takes}.'
                problems.add(ProblemCode.INVALID_INPUT_NAMES, message, target=shown(name))

    def _values(self, given: Mapping[str, object], problems: "_Problems") -> Mapping[str, Any]:
        values = {}
        for name, parameter in self._parameters.items():
            if name in given:
                try:
                    values[name] = checked_value(
                        parameter, _as_written(parameter, given[name]), from_text=True
                    )
                except ParameterValueError as error:
                    problems.add(
                        ProblemCode.BAD_PARAMETER_VALUE,
                        str(error),
                        target=name,
                        expected=allowed_values(parameter),
                        found=shown(given[name]),
                    )
            elif parameter.required:
                message = f'The web service parameter "{name}" is missing. '
                expected = allowed_values(parameter)
                message += f"It has no default; give {expected}."
                problems.add(
                    ProblemCode.MISSING_PARAMETERS, message, target=name, expected=expected
                )
        for name in given:
            if problems.full:
                break
            if name not in self._parameters:
                known = f"takes {listed(self._parameters)}" if self._parameters else "has none"
                message = f'There is no web service parameter "{shown(name)}". The service {known}'
                problems.add(
                    ProblemCode.UNEXPECTED_PARAMETER,
                    f"{message}.{meant(name, list(self._parameters))}",
                    target=shown(name),
                )
        return values


class _InputReader:
    """Reads what a caller sent for one input."""

    def __init__(self, name: str, port: PortSchema) -> None:
        self._name = name
        self._names = port.names()
        self._required = port.required()
        self._readers = [ColumnReader(column) for column in port.columns]
        self._schema = pa.schema([(column.name, column.data_type) for column in port.columns])

    def read(self, sent: Cells | pa.Table, problems: "_Problems") -> pa.Table | None:
        names = sent.names if isinstance(sent, Cells) else sent.column_names
        if list(names) != self._names and not self._check_names(names, problems):
            return None
        places = {name: place for place, name in enumerate(names)}
        arrays = []
        for name, reader in zip(self._names, self._readers, strict=True):
            if problems.full:
                return None
            report = problems.reporter(self._name, name)
            if name not in places:  # an optional one
                array = reader.from_cells([None] * _rows(sent), report)
            elif isinstance(sent, Cells):
                array = reader.from_cells(sent.columns[places[name]], report)
            else:
                column: Any = sent.columns[places[name]]
                array = reader.from_column(column, report)
            if array is not None:
                arrays.append(array)
        if len(arrays) < len(self._names):
            return None
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _check_names(self, names: Sequence[str], problems: "_Problems") -> bool:
        """Note columns that are missing, unknown or there twice.

        There may be a million of any of these; to look for what is meant takes long.
        """
        before = len(problems.found)
        given, known = set(names), set(self._names)
        missing = (name for name in self._required if name not in given)
        extra = [name for name in dict.fromkeys(names) if name not in known]
        for name in itertools.islice(missing, MOST_PROBLEMS):
            message = f'The column "{name}" is missing.{sent_instead(name, extra)}'
            problems.add(ProblemCode.INPUT_MISMATCH, message, target=self._name, column=name)
        for name in extra[:MOST_PROBLEMS]:
            problems.add(
                ProblemCode.INPUT_MISMATCH,
                f'The input has no column "{shown(name)}". Its columns are {listed(self._names)}.',
                target=self._name,
                column=shown(name),
            )
        if len(given) < len(names):
            twice = first_repeated(names)
            message = f'The column "{shown(twice)}" is there more than once.'
            problems.add(
                ProblemCode.INPUT_MISMATCH, message, target=self._name, column=shown(twice)
            )
        return len(problems.found) == before


def _rows(sent: Cells | pa.Table) -> int:
    return sent.rows if isinstance(sent, Cells) else sent.num_rows


class _Problems:
    """Mistakes that were found, up to a bound."""

    def __init__(self) -> None:
        self.found: list[RequestProblem] = []

    @property
    def full(self) -> bool:
        return len(self.found) >= MOST_PROBLEMS

    def add(self, code: ProblemCode, message: str, **facts: Any) -> None:
        if not self.full:
            self.found.append(RequestProblem(code=code, message=message, **facts))

    def reporter(self, target: str, column: str) -> Any:
        """Takes what a `ColumnReader` reports."""

        def report(row: int | None, expected: str, found: object) -> None:
            if self.full:
                return
            number = None if row is None else row + 1
            place = f'Column "{column}"' if row is None else f'Row {number}, column "{column}"'
            if expected == NEEDED:
                what = "a value is needed, and it is missing"
            elif row is None:
                what = f"expected {expected}, found {found}"
            else:
                what = f"expected {expected}, found {quoted(found)}"
            self.add(
                ProblemCode.INPUT_PARSE,
                f"{place}: {what}.",
                target=target,
                row=number,
                column=column,
                expected=expected,
                found=shown(found),
            )

        return report


def _as_written(parameter: Parameter, value: object) -> object:
    """A number for a parameter that is text, as text: clients of the classic send either."""
    if isinstance(value, Decimal):  # as JSON is read for columns of decimals
        value = float(value)
    if parameter.kind is ParameterKind.INTEGER and isinstance(value, float):
        return int(value) if value.is_integer() else value
    if parameter.kind in (ParameterKind.INTEGER, ParameterKind.NUMBER, ParameterKind.BOOLEAN):
        return value
    if isinstance(value, float):
        return double_text(value)
    return str(value) if isinstance(value, int) else value
