"""The same prediction behind LitServe: one worker process, nothing isolated."""

import sys
from pathlib import Path

import joblib
import litserve as ls
import pandas as pd


class Api(ls.LitAPI):
    """The prediction."""

    def setup(self, device: str) -> None:  # noqa: ARG002  # the base class's
        """Open the model, in the worker process."""
        self.model = joblib.load(Path(sys.argv[1]) / "model.joblib")

    def decode_request(self, request: dict) -> pd.DataFrame:
        """Read the rows, in the worker process."""
        return pd.DataFrame(request["rows"])

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score them."""
        return frame.assign(probability=self.model.predict_proba(frame)[:, 1])

    def encode_response(self, output: pd.DataFrame) -> dict:
        """Write the answer."""
        return {"rows": output.to_dict(orient="records")}


if __name__ == "__main__":
    server = ls.LitServer(Api(api_path="/score"), accelerator="cpu", workers_per_device=1)
    server.run(
        host="127.0.0.1",
        port=int(sys.argv[2]),
        generate_client_file=False,
        log_level="critical",
        num_api_servers=1,
    )
