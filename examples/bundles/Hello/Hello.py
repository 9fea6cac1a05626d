"""A module of your own, to be zipped and connected as a script bundle."""


def print_hello(name):
    print(f"Hello, {name}!")
