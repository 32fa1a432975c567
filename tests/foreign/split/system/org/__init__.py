"""Companies, their departments, positions and teams."""
