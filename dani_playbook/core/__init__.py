"""Floor 0: nouns and contracts, standard library only. Files are nouns."""
