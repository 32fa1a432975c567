"""Trees that nobody vouches for: read in a process that can do nothing else, planned without an oracle."""
