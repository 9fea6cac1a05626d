"""Code of 2014 to 2020: calls that libraries have retired since, and where a script has them."""
