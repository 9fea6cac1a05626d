"""Import a module of your own from the script bundle, and call it.

Connect `datasets/Hello.zip` to the third port. It is unzipped to the folder "Script Bundle",
and you can import everything in it.
"""

from Hello import print_hello


def azureml_main(dataframe1=None, dataframe2=None):
    print_hello("Studiolo")
    return (dataframe1,)
