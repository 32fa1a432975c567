"""The parts of one session, put together: database, bindings, memory."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dani_playbook.core.binding import Actor
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import Denied
from dani_playbook.core.identity import Accounts
from dani_playbook.core.live import Live
from dani_playbook.core.memory import Memory
from dani_playbook.core.module import Kind
from dani_playbook.runner.boot import boot_project
from dani_playbook.runner.checkpoint import keep
from dani_playbook.runner.config import Config
from dani_playbook.runner.database import Database, boot, open_ready

if TYPE_CHECKING:
    from dani_playbook.state.access import Access
    from dani_playbook.state.audit import Trail


def open_database(config: Config, environ: Mapping[str, str]) -> Database:
    """Boots Django: a customer's project as its bindings say, else our own, whose tables are made where they are missing.

    Raises ``LiveUnreachable`` where it can't.
    """
    if config.bindings:
        return boot_project(config.bindings)
    return boot(config.database, base=config.root, environ=environ)


def open_ready_database(config: Config, environ: Mapping[str, str]) -> Database | None:
    """As ``open_database`` where that makes nothing; nothing elsewhere."""
    return open_ready(config.database, base=config.root, environ=environ)


def open_trail(database: Database, root: Path, key: bytes) -> "Trail":
    """The audit trail of an open database; its head is also kept below ``root``."""
    from dani_playbook.state.audit import Trail

    return Trail(database.using, key, keep(root, database.identity))


def open_access(database: Database, key: bytes) -> "Access":
    """Sessions, keys and wrong passwords of an open database."""
    from dani_playbook.state.access import Access

    return Access(database.using, key, secrets.token_bytes)


def open_accounts(database: Database, access: "Access") -> Accounts:
    """The accounts of the built-in HR system. Raises ``Denied`` where another project's Django has its own."""
    if not database.built_in:
        raise Denied(
            "this Django project signs its people in itself; dani knows none of its accounts",
            hint="leave access: as it is, and unset DANI_API_KEY",
        )
    from dani_playbook.hris.accounts.directory import Directory
    from dani_playbook.runner.accounts import OurAccounts

    return OurAccounts(Directory(database.using), access)


def open_system(
    database: Database,
    kinds: Mapping[str, Kind],
    specs: Mapping[str, KindSpec],
    key: bytes,
    trail: "Trail",
    *,
    actor: Actor | None = None,
    by: str = "",
    unsafe_allowed: bool = False,
) -> tuple[Live, Memory]:
    """The HR system of an open database, and the memory beside it. Raises ``Denied`` for another key.

    ``kinds`` are those that it has, ``specs`` the whole dictionary: the memory knows of others, too. ``by`` is who acts,
    which the system's own history learns as ``actor`` says.
    """
    from dani_playbook.live.orm import OrmLive
    from dani_playbook.state.memory import DjangoMemory

    live = OrmLive(
        {name: kind.binding for name, kind in kinds.items()},
        {name: kind.spec for name, kind in kinds.items()},
        using=database.using,
        name=f"{database.name} ({database.vendor})",
        identity=database.identity,
        actor=actor,
        by=by,
    )
    memory = DjangoMemory(
        database.using,
        key=key,
        masked={name: spec.masked for name, spec in specs.items()},
        secret={name: spec.reference_only for name, spec in specs.items()},
        people=[name for name, spec in specs.items() if spec.people],
        random=secrets.token_bytes,
        trail=trail,
        unsafe_allowed=unsafe_allowed,
    )
    memory.check_key()
    return live, memory
