"""The live loop: readings come in, rules open incidents, orders answer them, changes are numbered and go out."""
