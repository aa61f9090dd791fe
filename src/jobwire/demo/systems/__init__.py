"""The public APIs of real careers systems, one a file: same paths, same queries, same shapes."""
