"""Django over the tables of an old personnel system."""
