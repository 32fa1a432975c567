"""A plan as a document: changes, what stops them, and what they do to people."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.core.change import Candidate, Finding
from dani_playbook.core.dictionary import FieldSpec
from dani_playbook.core.plan import Measured, Plan
from dani_playbook.runner.documents import Specs, change_document, field_document, place, shown
from dani_playbook.runner.first_run import first_run


def finding_document(specs: Specs, finding: Finding, *, reveal: bool) -> dict[str, Any]:
    """A conflict, a doubt, a field held back."""
    fields = specs[finding.address.kind].fields if finding.address else {}
    return {
        "code": finding.code,
        "message": finding.message,
        "address": str(finding.address) if finding.address else None,
        "title": finding.title,
        "source": place(finding.source),
        "hint": finding.hint,
        "fields": [field_document(fields[item.name], item, reveal=reveal) for item in finding.fields],
        "candidates": [candidate_document(fields, item, reveal=reveal) for item in finding.candidates],
    }


def candidate_document(fields: Mapping[str, FieldSpec], candidate: Candidate, *, reveal: bool) -> dict[str, Any]:
    """One way to settle a doubt, its evidence masked by class."""
    return {
        "address": str(candidate.address),
        "title": candidate.title,
        "live_id": candidate.live_id,
        "same_key": candidate.same_key,
        "managed": candidate.managed,
        "source": place(candidate.source),
        "evidence": [
            {
                "name": item.name,
                "title": fields[item.name].title,
                "class": fields[item.name].sensitivity.value,
                "declared": shown(fields[item.name], item.declared, reveal=reveal),
                "live": shown(fields[item.name], item.live, reveal=reveal),
                "agrees": item.agrees,
            }
            for item in candidate.evidence
        ],
    }


def plan_document(
    specs: Specs, plan: Plan, *, reveal: bool, environment: str = "", paths: Sequence[str] = ()
) -> dict[str, Any]:
    """``dani.plan/1``."""

    def findings(found: Sequence[Finding]) -> list[dict[str, Any]]:
        return [finding_document(specs, item, reveal=reveal) for item in found]

    return {
        "format": "dani.plan/1",
        "digest": plan.digest,
        "live": plan.live_name,
        "as_of": plan.as_of.isoformat(),
        "environment": environment,
        "complete": plan.complete,
        "files": len(plan.files),
        "paths": list(paths),
        "declared": plan.declared,
        "undoes": plan.undoes,
        "changes": [change_document(specs, change, reveal=reveal) for change in plan.changes],
        "summary": plan.summary,
        "marks": plan.marks,
        "blockers": findings(plan.blockers),
        "held": findings(plan.held),
        "warnings": findings(plan.warnings),
        "skipped": findings(plan.skipped),
        "unmanaged": dict(plan.unmanaged),
        "first_run": first_run(specs, plan),
        "limits": [_measured(item) for item in plan.limits if item.count],
        "people": _people(specs, plan),
    }


def _measured(item: Measured) -> dict[str, Any]:
    return {
        "measure": item.measure,
        "count": item.count,
        "of": item.of,
        "earlier": item.earlier,
        "allowed": item.allowed,
        "raised": item.raised,
        "tripped": item.tripped,
    }


def _people(specs: Specs, plan: Plan) -> dict[str, int]:
    """How many people something happens to, of all who are there before or after."""
    kinds = {name for name, spec in specs.items() if spec.people}
    touched = [change for change in plan.changes if change.address.kind in kinds and change.touches]
    gone = sum(change.deletes for change in touched)
    return {"touched": len(touched), "total": gone + sum(plan.totals.get(kind, 0) for kind in sorted(kinds))}
