"""The same prediction behind `mlflow models serve`: one worker process, nothing isolated."""

import os
import sys
from pathlib import Path

import joblib
import mlflow.sklearn

folder = Path(sys.argv[1])
model = joblib.load(folder / "model.joblib")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
mlflow.sklearn.save_model(model, folder / "mlflow", pyfunc_predict_fn="predict_proba")
program = Path(sys.executable).with_name("mlflow")
os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"
os.execv(
    program,
    [
        str(program),
        "models",
        "serve",
        "--model-uri",
        str(folder / "mlflow"),
        "--env-manager",
        "local",
        "--host",
        "127.0.0.1",
        "--port",
        sys.argv[2],
        "--workers",
        "1",
    ],
)
