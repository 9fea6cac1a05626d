"""A job as a JSON document, but for the datasets and models that are connected to it."""

from collections.abc import Mapping
from typing import Any

from studiolo.modules.definition import InputPort, OutputPort, PortKind, PortName
from studiolo.sandbox.exchange.job import ColumnParameter, Contract, Job, PortBinding


def job_document(job: Job) -> dict[str, Any]:
    """The job, without its inputs, its bundle and its datasets."""
    return {
        "source": job.source,
        "script_name": job.script_name,
        "contract": {
            "inputs": [_port(port) for port in job.contract.inputs],
            "outputs": [_port(port) for port in job.contract.outputs],
            "module": job.contract.module,
        },
        "parameters": dict(job.parameters),
        "columns": {
            name: {"port": p.port, "single": p.single, "selection": p.selection}
            for name, p in job.column_parameters.items()
        },
        "port_binding": job.port_binding.value,
        "nullable": job.nullable,
        "seed": job.seed,
        **({"file_names": dict(job.file_names)} if job.file_names else {}),
    }


def read_job(document: Mapping[str, Any], **connected: Any) -> Job:
    """The job that `job_document` wrote, with what is connected to it."""
    contract = document["contract"]
    return Job(
        source=document["source"],
        script_name=document["script_name"],
        contract=Contract(
            inputs=[InputPort(**_read_port(port)) for port in contract["inputs"]],
            outputs=[OutputPort(**_read_port(port)) for port in contract["outputs"]],
            module=contract["module"],
        ),
        parameters=document["parameters"],
        column_parameters={
            name: ColumnParameter(
                port=PortName(p["port"]), single=p["single"], selection=p["selection"]
            )
            for name, p in document["columns"].items()
        },
        port_binding=PortBinding(document["port_binding"]),
        nullable=document["nullable"],
        seed=document["seed"],
        file_names=document.get("file_names", {}),
        **connected,
    )


def _port(port: InputPort | OutputPort) -> dict[str, Any]:
    return {
        "name": port.name,
        "label": port.label,
        "kind": port.kind.value,
        "optional": port.optional,
    }


def _read_port(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": PortName(document["name"]),
        "label": document["label"],
        "kind": PortKind(document["kind"]),
        "optional": document["optional"],
    }
