"""The start of a server with ten services, and the memory of requests that share a large model."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import cloudpickle
import numpy as np
import pyarrow as pa

from benchmarks.scoring_servers import ours, rows
from benchmarks.services import write_experiment
from benchmarks.turns import print_noise
from studiolo.environments.environment import default_spec
from studiolo.environments.request import EnvironmentRequest
from studiolo.modules.definition import InputPort, OutputPort, PortKind, PortName
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.job import Contract, Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.program import Call, CallInput, Program, ProgramStep, StepOutput
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.process.process_memory import family_of
from studiolo.sandbox.sandbox import Sandbox
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory
from studiolo.workspace.workspace import Workspace

_SERVICES = 10
_STARTS = 3
_MODEL_BYTES = 200 << 20
#: Requests at the same time, and seconds that each takes.
_REQUESTS, _SECONDS = 8, 4
_DATA, _MODEL, _RESULT = PortName("data"), PortName("model"), PortName("result")
_READS_MODEL = f"""import time
def azureml_main(model, data):
    data["sum"] = model.sum()
    time.sleep({_SECONDS})
    return data
"""


def main() -> None:
    """Measure both and print them."""
    print_noise()
    _start()
    _memory()


def _start() -> None:
    with TemporaryDirectory() as name:
        root = Path(name) / "workspace"
        new_workspace(root, samples=False)
        write_experiment(root)
        keys = {}
        with Workspace(root) as workspace:
            for number in range(_SERVICES):
                service = f"score{number}"
                publication = workspace.services.publish(
                    workspace.experiment("score"), service=service
                )
                keys[service] = publication.keys[KeySlot.PRIMARY].reveal()
        for _ in range(_STARTS):
            began = time.perf_counter()
            first, *others = keys
            with ours(root, keys[first], f"/services/{first}/score") as server:
                server.score(rows(1))
                print(f"{_SERVICES} services, first answer: {time.perf_counter() - began:.2f} s")
                for service in others:
                    server.of(f"/services/{service}/score", keys[service]).score(rows(1))
                print(f"answers of all of them:    {time.perf_counter() - began:.2f} s")


def _memory() -> None:
    contract = Contract(
        inputs=[
            InputPort(name=_MODEL, label="Model", kind=PortKind.MODEL, optional=False),
            InputPort(name=_DATA, label="Data", kind=PortKind.DATASET, optional=False),
        ],
        outputs=[OutputPort(name=_RESULT, label="Result", kind=PortKind.DATASET)],
        module=True,
    )
    values = np.random.default_rng(0).random(_MODEL_BYTES // 8)
    model = MemoryFile.of_bytes(cloudpickle.dumps(values), "model")
    step = ProgramStep(
        node="score",
        job=Job(source=_READS_MODEL, contract=contract, inputs={_MODEL: model}),
        sources={_DATA: CallInput(name="input1")},
    )
    program = Program(steps=[step], outputs={"output1": StepOutput(step=0, port=_RESULT)})
    factory = LocalSandboxFactory(RunSettings())
    environment = factory.environment_for(EnvironmentRequest(base=default_spec()))
    with factory.program_sandbox(
        environment, program, warm=0, several_calls=False, allow=()
    ) as sandbox:
        sandbox.isolation  # noqa: B018  # waits until it has started
        used = [_used()]
        threads = []
        for _ in range(_REQUESTS):
            threads.append(threading.Thread(target=_call, args=(sandbox,)))
            threads[-1].start()
            time.sleep(_SECONDS / _REQUESTS / 2)
            used.append(_used())
        for thread in threads:
            thread.join()
    print(f"with a model of {_MODEL_BYTES >> 20} MB, one request: {used[1] >> 20} MB")
    added = (used[-1] - used[-2]) / (1 << 20)
    print(f"that request {_REQUESTS} of as many at the same time adds: {added:.1f} MB")


def _call(sandbox: Sandbox) -> None:
    table = SealedTable.of_file(MemoryFile.of_table(pa.table({"n": [1.0]})))
    outcome = sandbox.call(Call(inputs={"input1": table}))
    if outcome.failure is not None:
        raise RuntimeError(outcome.failure.sentence)


def _used() -> int:
    """Bytes of all processes of the sandbox together; what several share is counted once."""
    total = 0
    for pid in family_of(os.getpid())[1:]:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


if __name__ == "__main__":
    main()
