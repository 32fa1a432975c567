"""Values that the HR system reads while it runs."""
