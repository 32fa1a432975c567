"""Floor 1: the built-in HR system, ordinary Django apps, used where no other is given."""
