"""Floor 3: configuration, registry, and the use cases that every way in calls."""
