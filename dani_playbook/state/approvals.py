"""Approvals and used plans: rows that say who allowed what, and that it was done once."""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from dani_playbook.core.approval import Approval
from dani_playbook.core.derive import derived
from dani_playbook.core.values import canonical_text
from dani_playbook.state import models
from dani_playbook.state.audit import APPROVED, Trail
from dani_playbook.state.images import address_of


class Approvals:
    """Approvals in the database ``using``. A row counts only with a mac made with a key derived from the project's."""

    def __init__(self, using: str, key: bytes) -> None:
        self._using = using
        self._key = derived(key, b"dani approvals")

    def add(self, approval: Approval) -> None:
        """Must be called inside a transaction."""
        models.Approval.objects.using(self._using).create(
            digest=approval.digest,
            approver=str(approval.approver),
            roles=list(approval.roles),
            way=approval.way,
            at=approval.at,
            expires_at=approval.expires_at,
            reason=approval.reason,
            nonce=approval.nonce,
            mac=self._mac(approval),
        )

    def unused(self, digest: str, trail: Trail) -> Sequence[Approval]:
        """Those of one digest that no run has used, oldest first. What somebody wrote past dani isn't among them.

        The audit trail tells: only who said yes there after the last run that carried the plan out counts.
        """
        rows = models.Approval.objects.using(self._using).filter(digest=digest, used_by="").order_by("at", "pk")
        found = [item for row in rows if hmac.compare_digest(row.mac, self._mac(item := _approval(row)))]
        if not found:
            return []
        told: set[str] = set()
        for row in trail.of_plan(digest):
            told = told | {json.loads(row.detail)["nonce"]} if row.action == APPROVED else set()
        return [item for item in found if item.nonce in told]

    def use(self, digest: str, run: str) -> None:
        """From now on they are this run's. Must be called inside the transaction of the pivot."""
        models.Approval.objects.using(self._using).filter(digest=digest, used_by="").update(used_by=run)

    def is_used(self, plan_id: str) -> bool:
        return models.UsedPlan.objects.using(self._using).filter(pk=plan_id).exists()

    def use_plan(self, plan_id: str, run: str, at: datetime) -> None:
        """A second time is refused by the database. Must be called inside the transaction of the pivot."""
        models.UsedPlan.objects.using(self._using).create(plan_id=plan_id, run=run, at=at)

    def _mac(self, approval: Approval) -> str:
        said = {
            "digest": approval.digest,
            "approver": str(approval.approver),
            "roles": approval.roles,
            "way": approval.way,
            "at": approval.at.astimezone(UTC).isoformat(),
            "expires_at": approval.expires_at.astimezone(UTC).isoformat(),
            "reason": approval.reason,
            "nonce": approval.nonce,
        }
        return hmac.digest(self._key, canonical_text(said).encode(), "sha256").hex()


def _approval(row: models.Approval) -> Approval:
    return Approval(
        digest=row.digest,
        approver=address_of(row.approver),
        roles=tuple(str(role) for role in row.roles),
        way=row.way,
        at=row.at,
        expires_at=row.expires_at,
        nonce=row.nonce,
        reason=row.reason,
    )
