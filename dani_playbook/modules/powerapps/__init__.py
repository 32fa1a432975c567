"""Power Apps: forms whose records become resources."""

from dani_playbook.core.module import Module
from dani_playbook.modules.powerapps.kinds import kinds

MODULE = Module(name="powerapps", kinds=kinds)
