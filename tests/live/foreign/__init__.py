"""Somebody else's Django project: other names, other primary keys, its own rules."""
