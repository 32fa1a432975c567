"""Floor 1: the plan machine, pure. Files are verbs."""
