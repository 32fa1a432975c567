"""Text for people: one renderer for each document format."""
