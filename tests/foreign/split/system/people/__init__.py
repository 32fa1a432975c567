"""A person in five tables: employee, login, work information, bonus points and a history."""
