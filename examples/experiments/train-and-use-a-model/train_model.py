"""Train a model, and return it pickled into a column of bytes.

Only data frames can leave a module. Bytes are data, so the model goes to `use_model.py` as bytes.
"""

import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LABEL = "Class variable (0 or 1)"


def azureml_main(dataframe1=None, dataframe2=None, *, seed: int = 0):
    train, test = train_test_split(dataframe1, random_state=seed, stratify=dataframe1[LABEL])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(train.drop(columns=LABEL), train[LABEL])
    accuracy = model.score(test.drop(columns=LABEL), test[LABEL])

    print(f"Right for {accuracy:.1%} of {len(test)} rows that it was not trained on.")
    return (pd.DataFrame({"model": [pickle.dumps(model)], "accuracy": [accuracy]}),)
