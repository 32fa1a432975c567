"""Floor 2: corners of the house, all alike and strangers to each other."""
