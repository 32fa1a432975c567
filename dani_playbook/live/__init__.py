"""Floor 1: live systems. They know wires and tables, not HR."""
