"""An experiment as one plain Python program that needs no Studiolo."""
