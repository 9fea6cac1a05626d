"""`python -m studiolo` is `studiolo`."""

from studiolo.cli import main

main()
