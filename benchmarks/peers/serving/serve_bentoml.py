"""The same prediction behind BentoML: one worker process, nothing isolated."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    os.environ |= {"MODEL_FOLDER": sys.argv[1], "BENTOML_DO_NOT_TRACK": "True"}
    bentoml = Path(sys.executable).with_name("bentoml")
    os.chdir(Path(__file__).parent)
    os.execv(
        bentoml,
        [str(bentoml), "serve", "serve_bentoml:Api", "--host", "127.0.0.1", "--port", sys.argv[2]],
    )

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1)
class Api:
    """The prediction."""

    def __init__(self) -> None:
        self.model = joblib.load(Path(os.environ["MODEL_FOLDER"]) / "model.joblib")

    @bentoml.api(route="/score")
    def score(self, rows: list[dict[str, float]]) -> list[dict[str, float]]:
        """Score rows."""
        frame = pd.DataFrame(rows)
        frame["probability"] = self.model.predict_proba(frame)[:, 1]
        return frame.to_dict(orient="records")
