"""An HR application as many companies have one: it knows nothing of playbooks."""
