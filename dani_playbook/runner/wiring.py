"""The parts of one session, put together: database, bindings, memory."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Accounts
from dani_playbook.core.live import Live
from dani_playbook.core.memory import Memory
from dani_playbook.core.module import Kind
from dani_playbook.runner.checkpoint import keep
from dani_playbook.runner.config import Config
from dani_playbook.runner.database import Database, boot

if TYPE_CHECKING:
    from dani_playbook.state.audit import Trail


def open_database(config: Config, environ: Mapping[str, str]) -> Database:
    """Boots Django, makes and migrates what is missing. Raises ``LiveUnreachable`` where it can't."""
    return boot(config.database, base=config.root, environ=environ)


def open_trail(database: Database, root: Path, key: bytes) -> "Trail":
    """The audit trail of an open database; its head is also kept below ``root``."""
    from dani_playbook.state.audit import Trail

    return Trail(database.using, key, keep(root, database.identity))


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What can be asked of accounts: who they are now, and whose an e-mail address is."""

    accounts: Callable[[Collection[Address]], Accounts]
    by_email: Callable[[Collection[str]], Mapping[str, Address]]


def open_people(database: Database) -> People:
    """The accounts of the built-in HR system; another live system has none that dani knows of."""
    if not database.built_in:
        return People(accounts=lambda people: {}, by_email=lambda emails: {})
    from dani_playbook.hris.accounts.known import accounts, by_email

    return People(
        accounts=lambda people: accounts(people, database.using),
        by_email=lambda emails: by_email(emails, database.using),
    )


def open_system(
    database: Database, kinds: Mapping[str, Kind], key: bytes, trail: "Trail", *, unsafe_allowed: bool = False
) -> tuple[Live, Memory]:
    """The built-in HR system of an open database, and the memory beside it. Raises ``Denied`` for another key."""
    from dani_playbook.live.orm import OrmLive
    from dani_playbook.state.memory import DjangoMemory

    specs = {name: kind.spec for name, kind in kinds.items()}
    live = OrmLive(
        {name: kind.binding for name, kind in kinds.items()},
        specs,
        using=database.using,
        name=f"hris ({database.vendor})",
        identity=database.identity,
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
