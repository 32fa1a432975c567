"""How data arrives from Power Apps."""
