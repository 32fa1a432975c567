"""dani: a declarative playbook runner for HR systems."""

__version__ = "0.1.0"
