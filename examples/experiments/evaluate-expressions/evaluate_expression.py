"""Evaluate the Python expressions in a dataset: one row in, one row out.

Run text from a dataset as code only in a sandbox, as here.
"""

import math

import pandas as pd


def evaluate(expression):
    try:
        return repr(eval(expression, {"math": math}))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def azureml_main(dataframe1=None, dataframe2=None):
    results = [evaluate(expression) for expression in dataframe1["expression"]]
    return (pd.DataFrame({"expression": dataframe1["expression"], "result": results}),)
