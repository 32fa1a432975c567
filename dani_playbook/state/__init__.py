"""Floor 1: the memory. Runs, journal and inventory, in the same database as the HR data."""
