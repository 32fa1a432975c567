"""People, departments and groups."""

from dani_playbook.core.module import Module
from dani_playbook.modules.user.kinds import kinds

MODULE = Module(name="user", kinds=kinds)
