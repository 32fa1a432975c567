"""Settings of the HR system."""

from dani_playbook.core.module import Module
from dani_playbook.modules.config.kinds import kinds

MODULE = Module(name="config", kinds=kinds)
