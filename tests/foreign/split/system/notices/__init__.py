"""Mail to people about what was saved; nobody waits for it."""
