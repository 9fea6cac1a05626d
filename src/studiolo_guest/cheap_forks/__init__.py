"""How the fork of a zygote is made to cost little; all of it can be left out."""
