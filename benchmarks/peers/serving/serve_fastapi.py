"""A prediction behind FastAPI, as its users write it: one process, nothing isolated."""

import sys
from pathlib import Path

import joblib
import pandas as pd
import uvicorn
from fastapi import FastAPI

model = joblib.load(Path(sys.argv[1]) / "model.joblib")
app = FastAPI()


@app.post("/score")
def score(body: dict) -> dict:
    frame = pd.DataFrame(body["rows"])
    frame["probability"] = model.predict_proba(frame)[:, 1]
    return {"rows": frame.to_dict(orient="records")}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical")
