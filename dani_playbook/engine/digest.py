"""A plan's digest: SHA-256 over everything but cosmetics."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from dani_playbook.core.change import Change, FieldChange, Finding
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.plan import Plan
from dani_playbook.core.values import canonical_text, json_text
from dani_playbook.engine.token import Tokens


def digest(plan: Plan, kinds: Mapping[str, KindSpec], tokens: Tokens) -> str:
    """64 hexadecimal digits.

    Left out: titles, places in files, counts of what doesn't change, and the day: a plan that is the same tomorrow
    keeps its approvals. Values from the class personal upwards enter as fingerprints.
    """
    found = hashlib.sha256()
    for piece in _pieces(plan, kinds, tokens):
        found.update(piece.encode())
    return found.hexdigest()


def _pieces(plan: Plan, kinds: Mapping[str, KindSpec], tokens: Tokens) -> Iterator[str]:
    """Canonical JSON of all of it; of a large plan it is never there as a whole."""
    rest = {
        "live": plan.live_identity,
        "complete": plan.complete,
        "undoes": plan.undoes,
        "held": _findings(plan.held, kinds, tokens),
        "skipped": _findings(plan.skipped, kinds, tokens),
        "guards": {str(address): guard.fingerprint for address, guard in plan.guards.items()},
        "refreshed": [pair for pair in _refreshed(plan) if pair[0] != pair[1]],
        "raised": {item.measure: item.raised for item in plan.limits if item.raised is not None},
        "reason": plan.reason,
        "rules": plan.rules,
    }
    yield f'{{"blockers":{canonical_text(_findings(plan.blockers, kinds, tokens))},"changes":['
    for position, change in enumerate(plan.changes):
        text = json_text(_change(change, kinds[change.address.kind], tokens))
        yield f",{text}" if position else text
    yield f"],{canonical_text(rest)[1:]}"


def _change(change: Change, spec: KindSpec, tokens: Tokens) -> Mapping[str, Any]:
    return {
        "address": str(change.address),
        "verb": str(change.verb),
        "reason": str(change.reason),
        "mark": change.mark,
        "live_id": change.live_id,
        "previous": str(change.previous) if change.previous else None,
        "policy": change.policy,
        "deletes": change.deletes,
        "fields": _fields(change.fields, spec, tokens),
        "lost": {name: tokens.of(spec.fields[name], value) for name, value in change.before.items()}
        if change.deletes and change.before
        else None,
        "inventory": [_item(change.inventory_before), _item(change.inventory_after)],
    }


def _refreshed(plan: Plan) -> list[list[Any]]:
    return [[_item(item.before), _item(item.after)] for item in plan.refreshed]


def _item(item: InventoryItem | None) -> Any:
    """Whom it is about, what we own of it, and whether it is protected; not the file that says so."""
    return [str(item.address), sorted(item.applied), item.protect] if item else None


def _fields(changes: tuple[FieldChange, ...], spec: KindSpec, tokens: Tokens) -> list[Mapping[str, Any]]:
    return [
        {
            "name": change.name,
            "before": tokens.of(spec.fields[change.name], change.before),
            "after": tokens.of(spec.fields[change.name], change.after),
            "reason": str(change.reason),
            "since": change.since.isoformat() if change.since else None,
            "writes": change.writes,
        }
        for change in sorted(changes, key=lambda change: change.name)
    ]


def _findings(findings: tuple[Finding, ...], kinds: Mapping[str, KindSpec], tokens: Tokens) -> list[Mapping[str, Any]]:
    return [
        {
            "code": finding.code,
            "address": str(finding.address) if finding.address else None,
            "fields": _fields(finding.fields, kinds[finding.address.kind], tokens) if finding.address else [],
        }
        for finding in findings
    ]
