"""What every use case with a live system needs: who acts, whether they may, and the record of it."""

import secrets as random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.errors import Denied
from dani_playbook.core.hidden import Key
from dani_playbook.core.identity import Account, Accounts, Identity, Way
from dani_playbook.language.entries import Cache
from dani_playbook.runner import project
from dani_playbook.runner.config import Config, SignIn
from dani_playbook.runner.gate import Gate
from dani_playbook.runner.identity import identify, machine_name
from dani_playbook.runner.offline import Offline
from dani_playbook.runner.reach import Reach
from dani_playbook.runner.sheet_cache import open_cache
from dani_playbook.runner.wiring import open_access, open_accounts, open_database, open_trail

if TYPE_CHECKING:
    from dani_playbook.runner.database import Database
    from dani_playbook.state.access import Access
    from dani_playbook.state.audit import Trail

ADMIN = "admin"


class Opened(Offline):
    """One project with its database, which is opened, and made where it is missing, at first use."""

    def __init__(
        self,
        config: Config,
        *,
        now: datetime,
        actor: str,
        environ: Mapping[str, str],
        reason: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(config, now=now, environ=environ)
        self.machine_name = machine_name(actor)
        self.said_reason = reason
        self.clock = clock

    @cached_property
    def identity(self) -> Identity:
        """Who acts: a key, else who signed in, else the machine's user. Raises ``Denied`` for one that is no good."""
        return identify(self)

    @property
    def reason(self) -> str:
        """Why masked values are looked at: ``--reason``, else ``DANI_REASON``."""
        return self.said_reason or self.environ.get("DANI_REASON", "")

    @property
    def sign_in(self) -> SignIn:
        return self.config.sign_in

    @cached_property
    def access(self) -> "Access":
        return open_access(self.database, self.key)

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts of the HR system. Raises ``Denied`` in another project's Django."""
        return open_accounts(self.database, self.access)

    @property
    def gate(self) -> Gate:
        """Asked before anything is done."""
        return Gate(
            identity=self.identity,
            required=self.sign_in.is_required,
            fresh=timedelta(minutes=self.sign_in.fresh_minutes),
            now=self.now,
            remember=self._denied,
        )

    def _denied(self, action: Action, detail: Mapping[str, Any]) -> None:
        self._note(self.actor, f"{action}", "", {**detail, **self._way}, "denied")

    @property
    def actor(self) -> str:
        """Whom records name."""
        return self.identity.name

    @cached_property
    def key(self) -> Key:
        """The project's key, made where it is missing."""
        return project.project_key(self.config.root, self.environ, random.token_bytes)

    @cached_property
    def cache(self) -> Cache | None:
        """What was read and compared before; nothing where none is kept."""
        return open_cache(self.config.root, self.environ)

    @cached_property
    def database(self) -> "Database":
        return open_database(self.config, self.environ)

    @cached_property
    def trail(self) -> "Trail":
        return open_trail(self.database, self.config.root, self.key)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is done inside commits with what is noted inside, or neither does."""
        from dani_playbook.state.durable import durable

        with durable(self.database.using):
            yield

    def note(self, action: str, named: str, **detail: Any) -> None:
        """Remembers in the audit trail what the actor does: before it is done, or together with it."""
        if self.reason:
            detail["reason"] = self.reason
        self._note(self.actor, action, named, detail | self._way, "done")

    def note_denied(self, action: str, named: str, **detail: Any) -> None:
        """Remembers an attempt of somebody who isn't known; it stays although the command fails."""
        self._note(self.machine_name, action, named, detail, "denied")

    @property
    def _way(self) -> dict[str, Any]:
        """How the actor is known, where that isn't the machine's user."""
        identity = self.identity
        said = {"way": identity.way.value, "key": identity.key} if identity.account else {}
        return {name: value for name, value in said.items() if value}

    def _note(self, actor: str, action: str, named: str, detail: Mapping[str, Any], result: str) -> None:
        from dani_playbook.state.chain import Event

        self.trail.note(Event(at=self.clock(), actor=actor, action=action, object=named, detail=detail, result=result))

    def admins(self) -> list[Account]:
        """Who could sign in and set the password of others. Where another Django has the accounts, nobody."""
        if not self.database.built_in:
            return []
        return [account for account in self.accounts.with_role(ADMIN) if account.mark]

    def require_grant(self, granted: Reach) -> None:
        """Before roles with rights change. Raises ``Denied``, also for the machine's user once an admin can sign in:
        else it could make itself a second person who approves."""
        if not granted.counts:
            return
        self.gate.require(Action.GRANT, granted)
        if self.identity.way is Way.MACHINE and self.admins():
            self._denied(Action.GRANT, {"kinds": dict(granted.counts)})
            raise Denied(
                f"{self.actor}, who isn't signed in, may not give or take roles with rights any more",
                hint="somebody with the role admin has a password: sign in as such a person with: dani login",
            )

    def reveal(self, shown: Reach, named: str, *, action: str = "reveal", **detail: Any) -> None:
        """Raises ``Denied`` and ``UsageError`` where masked values may not be shown; remembers that they are."""
        self.gate.require(Action.REVEAL, shown)
        self.gate.require_reason(self.reason)
        self.note(action, named, **detail)
