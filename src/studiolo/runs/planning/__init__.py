"""An experiment as steps, each named by the recipe of its result."""
