"""Management of a Django project."""
