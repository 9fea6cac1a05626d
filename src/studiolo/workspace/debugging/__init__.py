"""Looking into a node: a console, or a debugger, with the node's inputs."""
