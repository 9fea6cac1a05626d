"""Commands for looking into a node: a console, a debugger."""
