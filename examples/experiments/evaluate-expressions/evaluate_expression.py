"""Evaluate the Python expressions in a dataset: one row in, one row out.

Running text from a dataset as code is something to do in a sandbox only. This is one.
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
