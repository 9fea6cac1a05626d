"""The code inside the sandbox: the jail, the zygote, and the contract of `azureml_main`.

Pure Python on the standard library, plus NumPy, pandas and pyarrow where data is touched. It is
imported by the interpreter of an environment, not by Studiolo's own, and imports nothing of it.
"""
