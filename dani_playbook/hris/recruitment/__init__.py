"""Jobs that are to be filled."""
