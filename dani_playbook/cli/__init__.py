"""The command line: a way in, without rules of its own."""
