"""What runs when, and for whom."""
