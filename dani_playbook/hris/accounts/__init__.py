"""Who may sign in: people and groups."""
