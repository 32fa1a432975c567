"""The personnel tables: client, company code and number instead of foreign keys."""
