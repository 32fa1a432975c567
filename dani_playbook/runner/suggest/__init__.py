"""A draft of bindings from a project's models: facts are read once, everything else is pure."""
