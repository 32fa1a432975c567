"""Schedules: what runs again and again."""

from dani_playbook.core.module import Module
from dani_playbook.modules.reports.kinds import kinds

MODULE = Module(name="reports", kinds=kinds)
