"""Score a dataset with the model that `train_model.py` returned.

The data go to the first port, the model to the second. Unpickling runs code that the pickle
names, so load only your own models; here it happens inside the sandbox.
"""

import pickle

LABEL = "Class variable (0 or 1)"


def azureml_main(dataframe1=None, dataframe2=None):
    model = pickle.loads(dataframe2["model"][0])
    features = dataframe1.drop(columns=LABEL, errors="ignore")

    dataframe1["Scored Labels"] = model.predict(features)
    dataframe1["Scored Probabilities"] = model.predict_proba(features)[:, 1]
    return (dataframe1,)
