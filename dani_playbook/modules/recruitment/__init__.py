"""Jobs that the company offers."""

from dani_playbook.core.module import Module
from dani_playbook.modules.recruitment.kinds import kinds

MODULE = Module(name="recruitment", kinds=kinds)
