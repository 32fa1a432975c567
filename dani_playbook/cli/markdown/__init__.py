"""Markdown for comments on pull requests: one renderer for each document format."""
