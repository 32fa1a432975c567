"""Early: other processes begin to read the playbooks while this one still loads what a plan takes."""

import atexit
from collections.abc import Mapping

from dani_playbook.core.dictionary import shipped
from dani_playbook.language.load import Loading, start_loading
from dani_playbook.language.project import Project
from dani_playbook.runner.config import Config
from dani_playbook.runner.sheet_cache import open_cache, processes_for


def project_of(config: Config) -> Project:
    """What the language must know of a project."""
    return Project(
        root=config.root,
        playbooks=config.playbooks,
        environment=config.environment,
        variables=config.vars,
        environment_variables=config.environment_vars,
        time_zone=config.time_zone,
        offices=config.offices,
    )


def begin(config: Config, environ: Mapping[str, str]) -> Loading:
    """All playbooks of the project, for a session to finish. Where nobody does, the end of the process ends it."""
    cache, processes = open_cache(config.root, environ), processes_for(environ)
    loading = start_loading([], project_of(config), shipped(), cache=cache, processes=processes)
    atexit.register(loading.close)
    return loading
