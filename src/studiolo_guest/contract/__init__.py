"""The contract of `azureml_main`: its inputs, its call and its outputs."""
