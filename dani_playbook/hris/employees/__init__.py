"""Employment and departments."""
