"""Hand-made documents, one or more of every format, as the use cases give them."""

from typing import Any

Document = dict[str, Any]

FOLDER = "playbooks/people"


def field(name: str, before: Any, after: Any, reason: str = "field_changed", **more: Any) -> Document:
    return {
        "name": name,
        "title": name.replace("_", " "),
        "class": "internal",
        "set": isinstance(after, list) and name == "roles",
        "before": before,
        "after": after,
        "owner": "playbook",
        "reason": reason,
        "since": None,
        "writes": True,
        "source": None,
        "nested": [],
    } | more


def change(sign: str, verb: str, address: str, title: str, fields: list[Document], **more: Any) -> Document:
    return {
        "address": address,
        "kind": address.partition(".")[0],
        "verb": verb,
        "sign": sign,
        "reason": "field_changed",
        "mark": None,
        "title": title,
        "previous": None,
        "policy": None,
        "source": None,
        "reversible": True,
        "deletes": False,
        "guards": [],
        "fields": fields,
    } | more


def finding(code: str, message: str, address: str | None, **more: Any) -> Document:
    return {
        "code": code,
        "message": message,
        "address": address,
        "title": "",
        "source": None,
        "hint": None,
        "fields": [],
        "candidates": [],
    } | more


JDOE = change(
    "+",
    "create",
    "user.jdoe",
    "John Doe",
    [
        field("department", None, "engineering", "declared"),
        field("manager", None, "asmith", "declared"),
        field("mobile", None, "‹personal›", "declared"),
    ],
    reason="declared",
    mark="hire",
    source=f"{FOLDER}/engineering.yaml:22:3",
)
MROSSI = change(
    "~",
    "update",
    "user.mrossi",
    "Maria Rossi",
    [field("department", "sales", "engineering", "due", since="2026-11-20")],
    reason="due",
    mark="transfer",
    source=f"{FOLDER}/engineering.yaml:41:3",
)
TLEE = change(
    "-",
    "remove",
    "user.tlee",
    "Tom Lee",
    [field("status", "active", "left", "no_longer_declared")],
    reason="no_longer_declared",
    mark="leaver",
    policy="deactivate",
)


def plan(changes: list[Document], **more: Any) -> Document:
    verbs = ("create", "update", "remove", "adopt", "move", "release")
    summary = {verb: sum(item["verb"] == verb for item in changes) for verb in verbs}
    marks: dict[str, int] = {}
    for item in changes:
        if item["mark"]:
            marks[item["mark"]] = marks.get(item["mark"], 0) + 1
    return {
        "format": "dani.plan/1",
        "digest": "7c1e9a04f1d2",
        "live": "hris (sqlite)",
        "as_of": "2026-11-23",
        "environment": "",
        "paths": ["playbooks/"],
        "complete": True,
        "files": 12,
        "declared": 248,
        "undoes": None,
        "changes": changes,
        "summary": summary | {"unchanged": 245},
        "marks": marks,
        "blockers": [],
        "held": [],
        "warnings": [],
        "skipped": [],
        "unmanaged": {"user": 2},
        "people": {"touched": len(changes), "total": 248},
    } | more


PLAN = plan([JDOE, MROSSI, TLEE])
EMPTY_PLAN = plan([], summary={"unchanged": 248}, unmanaged={})

HARD_PLAN = plan(
    [
        change(
            "+",
            "create",
            "powerapps.onboarding",
            "Onboarding",
            [
                field("environment", None, "prod", "declared"),
                field("mappings", None, [{"from": "full_name", "to": "DisplayName"}, {"from": "mail", "to": "Mail"}]),
            ],
            reason="declared",
            source="playbooks/powerapps.yaml:7:3",
        ),
        change(
            "^",
            "adopt",
            "user.wei",
            "王小明",
            [field("office", None, "Toronto", "adopted")],
            reason="adopted",
            source=f"{FOLDER}/toronto.yaml:9:3",
        ),
        change(
            ">",
            "move",
            "user.john-doe",
            "John Doe",
            [],
            reason="moved",
            previous="user.jdoe",
            source="playbooks/moved.yaml:2:5",
        ),
        change(
            "~",
            "update",
            "user.asmith",
            "Anna Smith",
            [
                field("roles", ["employee", "guest"], ["employee", "hr_admin"]),
                field("job_title", "Engineer", "Staff Engineer", "correction", since="2026-10-01"),
                field("office", "Berlin", "Toronto", "drift"),
                field("salary", "‹special›", "‹special›"),
                field("manager", "tlee", None),
                field("personnel_number", 12, "12"),
                field("notes", "", "not set"),
            ],
            source=f"{FOLDER}/engineering.yaml:11:3",
        ),
        change(
            "~",
            "update",
            "job.senior-dev",
            "Senior developer",
            [
                field(
                    "stages",
                    [],
                    [],
                    nested=[
                        {"path": "[0].name", "before": "Screening", "after": "Phone call"},
                        {"path": "[2]", "before": None, "after": {"name": "Offer", "days": 5}},
                    ],
                ),
                field("open_positions", 1, 3),
            ],
            source="playbooks/jobs.yaml:4:3",
        ),
        change(
            "=",
            "release",
            "user.pnovak",
            "Petr Novák",
            [field("office", "Berlin", "Berlin", "released", writes=False, owner="live")],
            reason="released",
            source=f"{FOLDER}/berlin.yaml:80:3",
        ),
        change(
            "-",
            "remove",
            "group.old-friends",
            "Old friends",
            [],
            reason="declared_absent",
            policy="delete",
            deletes=True,
            reversible=False,
            source="playbooks/groups.yaml:31:3",
        ),
    ],
    environment="test",
    complete=False,
    people={"touched": 4, "total": 248},
    blockers=[
        finding(
            "conflict",
            "the playbook and the live system both changed this since the last apply",
            "user.mrossi",
            title="Maria Rossi",
            source=f"{FOLDER}/engineering.yaml:41:3",
            fields=[field("department", "finance", "engineering", "conflict")],
        )
    ],
    held=[
        finding(
            "held",
            "was disabled outside and is not enabled by itself",
            "user.tlee",
            title="Tom Lee",
            fields=[field("enabled", False, True, "drift")],
        )
    ],
    warnings=[finding("manager-leaves", "the manager leaves on 2026-12-31", "user.jdoe", hint="name a new manager")],
    skipped=[finding("changed-since", "changed again after the run", "user.kim", title="Kim")],
    horizon={
        "until": "2026-12-23",
        "items": [
            {
                "date": "2026-12-01",
                "state": "upcoming",
                "address": "user.jdoe",
                "title": "John Doe",
                "event": "starts",
                "fields": [field("status", "prehire", "active")],
                "source": f"{FOLDER}/engineering.yaml:27:5",
            }
        ],
    },
)

KNOWN = [
    change("^", "adopt", f"{kind}.known-{number}", f"Known {number}", [], reason="adopted")
    for kind, many in (("department", 1), ("user", 6), ("powerapps", 2))
    for number in range(many)
]
QUIET_PLAN = plan(KNOWN, people={"touched": 0, "total": 248})
ADOPTING_PLAN = plan([MROSSI, *KNOWN], people={"touched": 1, "total": 248})
FEW_PLAN = plan(KNOWN[:2], people={"touched": 0, "total": 248})

EVE = {
    "address": "user.edoe",
    "title": "Eve Doe",
    "live_id": "17",
    "same_key": False,
    "managed": False,
    "source": None,
    "evidence": [
        {
            "name": "employee_id",
            "title": "Employee ID",
            "class": "internal",
            "declared": "E-17",
            "live": "E-17",
            "agrees": True,
        },
        {
            "name": "email",
            "title": "Email",
            "class": "internal",
            "declared": "eve@x.example",
            "live": "edoe@x.example",
            "agrees": False,
        },
    ],
}
EVELYN = EVE | {
    "address": "user.eve",
    "title": "Evelyn Doe",
    "live_id": "23",
    "same_key": True,
    "managed": True,
    "source": f"{FOLDER}/engineering.yaml:60:3",
    "evidence": [
        EVE["evidence"][0] | {"live": "E-23", "agrees": False},
        EVE["evidence"][1] | {"live": "eve@x.example", "agrees": True},
    ],
}
TAKING_OVER = plan(
    KNOWN,
    people={"touched": 0, "total": 248},
    first_run={
        "sentence": "First run: adopts 6 people, 1 department and 2 powerapps, and removes nothing; "
        "3 live groups that nobody declares are left alone.",
        "adopts": {"department": 1, "user": 6, "powerapps": 2},
        "creates": {},
        "removes": 0,
        "left_alone": {"group": 3},
    },
    blockers=[
        finding(
            "disputed",
            "could be any of user.eve (same key), user.edoe (same employee_id)",
            "user.eve",
            title="Eve Doe",
            source=f"{FOLDER}/engineering.yaml:60:3",
            hint="find out which one is meant",
            candidates=[EVELYN, EVE],
        )
    ],
)

HOSTILE = (
    "\x1b[31mEve\u202e\n::error::owned ##[error]x <img src=x> `[x](javascript:x)` @team #12 https://e.example | \x9b"
)
HOSTILE_CANDIDATE = EVE | {
    "title": HOSTILE,
    "live_id": HOSTILE,
    "evidence": [EVE["evidence"][1] | {"live": HOSTILE}],
}
HOSTILE_PLAN = plan(
    [
        change(
            "+",
            "create",
            "user.eve",
            HOSTILE,
            [field("nickname", None, HOSTILE), field("title", None, "[bold]not markup[/bold]")],
            mark="hire",
            source="playbooks/\x1b]8;;x\x07evil.yaml:1:1",
        ),
        change("~", "update", "user.mallory", "```", [field("motto", "```\n</details>", HOSTILE)]),
    ],
    environment="--><script>",
    warnings=[finding("odd", HOSTILE, "user.eve", hint=HOSTILE, candidates=[HOSTILE_CANDIDATE])],
)

ASKED: Document = {
    "complete": False,
    "rules": [
        {
            "name": "pay",
            "need": 2,
            "roles": ["hr_manager", "admin"],
            "given": ["user.asmith"],
            "missing": 1,
            "addresses": [f"user.p{number}" for number in range(7)],
        },
        {"name": "", "need": 1, "roles": ["it_admin"], "given": [], "missing": 1, "addresses": ["setting.label"]},
    ],
    "authors": ["user.tlee"],
    "strangers": ["12345+x@users.example"],
    "doubts": ["playbooks/local.yaml isn't committed, and runner isn't signed in"],
    "first": False,
}
FIRST_PLAN = plan([MROSSI], approvals=ASKED | {"complete": True, "first": True, "strangers": [], "doubts": []})
SAVED_PLAN = plan(
    [MROSSI],
    approvals=ASKED,
    saved={
        "path": "change.plan",
        "plan_id": "0f" * 16,
        "made_at": "2026-11-23T09:00:00Z",
        "made_by": "user.tlee",
        "expires_at": "2026-11-26T09:00:00Z",
        "crosses": "2026-12-01",
        "verified": True,
    },
)
UNVERIFIED_PLAN = plan([MROSSI], saved=SAVED_PLAN["saved"] | {"crosses": None, "verified": False})
APPROVED: Document = {
    "format": "dani.approval/1",
    "digest": "7c1e9a04f1d2",
    "approver": "user.asmith",
    "is_new": True,
    "is_needed": True,
    "hours": 72,
    "approvals": ASKED,
}
APPROVED_ALL = APPROVED | {
    "approvals": {"complete": True, "rules": [], "authors": [], "strangers": [], "doubts": [], "first": False}
}
APPROVED_AGAIN = APPROVED | {"is_new": False}
NOTHING_TO_APPROVE = APPROVED_ALL | {"is_new": False, "is_needed": False}

SOURCE = {"file": f"{FOLDER}/engineering.yaml", "line": 23, "column": 17, "length": 10}


def problem(code: str, message: str, **more: Any) -> Document:
    return {
        "code": code,
        "message": message,
        "source": None,
        "address": None,
        "field": None,
        "hint": None,
        "related": [],
        "frame": [],
    } | more


PROBLEM = problem(
    "unknown-reference",
    'no department has this key; did you mean "engineering"?',
    source=SOURCE,
    address="user.jdoe",
    field="department",
    frame=[{"line": 22, "text": "  jdoe:"}, {"line": 23, "text": "    department: enginering"}],
)
PROBLEMS = {
    "format": "dani.problems/1",
    "error": {"code": "invalid", "message": "2 problems in the playbooks", "hint": "nothing was read or changed"},
    "problems": [
        PROBLEM,
        problem(
            "duplicate-key",
            "user.wei is defined twice",
            source={"file": "playbooks/b.yaml", "line": 3, "column": 11, "length": 3},
            hint="delete one of them",
            related=["playbooks/a.yaml:9:3"],
            frame=[{"line": 3, "text": "    王小明: {\twei: 1}"}],
        ),
    ],
    "warnings": [],
}
MOVED: Document = {
    "format": "dani.problems/1",
    "error": {"code": "stale", "message": "Something moved since the plan was made", "hint": None},
    "problems": [
        problem("moved-since", "department was changed since the plan was made", address="user.mrossi"),
        problem("moved-since", "mobile was changed since the plan was made", address="user.mrossi"),
    ],
    "warnings": [],
    "moved": [
        {
            "address": "user.mrossi",
            "title": "Maria Rossi",
            "name": name,
            "class": "internal",
            "planned": planned,
            "now": now,
            "wanted": wanted,
        }
        for name, planned, now, wanted in (
            ("department", "sales", "legal", "engineering"),
            ("mobile", "‹personal›", "‹personal›", "‹personal›"),
        )
    ],
}
ERROR = {
    "format": "dani.problems/1",
    "error": {"code": "unreachable", "message": "the database does not answer", "hint": "check database: in dani.yaml"},
    "problems": [],
    "warnings": [],
}
VALIDATION = {
    "format": "dani.validation/1",
    "files": 12,
    "resources": {"department": 8, "user": 240, "job": 0},
    "problems": [],
    "warnings": [problem("past-date", "this date passed before it was written", address="user.jdoe", field="upcoming")],
}
INVALID = VALIDATION | {"problems": [PROBLEM], "warnings": []}

RUN = {
    "id": "r-20261123-1",
    "state": "succeeded",
    "actor": "asmith",
    "started_at": "2026-11-23T08:15:02Z",
    "finished_at": "2026-11-23T08:15:03.512Z",
    "as_of": "2026-11-23",
    "environment": "",
    "commit": "3f2c1ab",
    "digest": "7c1e9a04f1d2",
    "summary": PLAN["summary"],
    "marks": PLAN["marks"],
    "undoes": None,
    "failure": None,
}
FAILED_RUN = RUN | {
    "id": "r-20261123-2",
    "state": "rolled_back",
    "undoes": "r-20261123-1",
    "failure": "a value is taken already: user.email",
}
APPLY = {"format": "dani.apply/1", "run": RUN, "plan": PLAN, "outcome": "succeeded", "failure": None}
NOTHING = {"format": "dani.apply/1", "run": None, "plan": EMPTY_PLAN, "outcome": "nothing", "failure": None}
FAILED = {
    "format": "dani.apply/1",
    "run": FAILED_RUN,
    "plan": PLAN,
    "outcome": "rolled_back",
    "failure": FAILED_RUN["failure"],
}
REFUSED = {"format": "dani.apply/1", "run": None, "plan": HARD_PLAN, "outcome": "refused", "failure": None}
RUNS = {"format": "dani.runs/1", "runs": [FAILED_RUN, RUN]}
NO_RUNS = {"format": "dani.runs/1", "runs": []}

AUDIT_ROW = {
    "number": 2,
    "at": "2026-11-23T08:15:00.000000Z",
    "actor": "jo",
    "action": "run-succeeded",
    "object": "3f9a0c51d2e4",
    "run": "3f9a0c51d2e4",
    "result": "done",
    "detail": {"plan": "sha256:7c1e9a04"},
}
LOOK = AUDIT_ROW | {"number": 1, "action": "export", "object": "user.*", "run": "", "detail": {"reveal": True}}
AUDIT = {"format": "dani.audit/1", "rows": [AUDIT_ROW, LOOK]}
NO_AUDIT = {"format": "dani.audit/1", "rows": []}
WHOLE = {"format": "dani.verification/1", "rows": 1200, "runs": 41, "heads": 3, "fault": None}
FAULT = {"number": 4, "what": "changed", "run": "", "message": "row 4 isn't as it was written"}
WRONG_JOURNAL = {
    "number": 7,
    "what": "journal",
    "run": "3f9a0c51d2e4",
    "message": "the journal of run 3f9a0c51d2e4 isn't as it was written",
}
WHOAMI = {
    "format": "dani.whoami/1",
    "name": "user.asmith",
    "way": "session",
    "roles": ["auditor", "recruiter"],
    "key": "",
    "scopes": None,
    "signed_in_at": "2026-11-23T08:15:00Z",
    "until": "2026-11-23T16:15:00Z",
    "may": [
        {"action": "look", "kinds": ["*"], "highest": "internal"},
        {"action": "apply", "kinds": ["applicant", "interview", "job", "offer"], "highest": "personal"},
        {"action": "audit", "kinds": [], "highest": None},
    ],
}
WHOAMI_KEY = WHOAMI | {
    "way": "key",
    "key": "4k0d8s1x",
    "scopes": ["plan"],
    "signed_in_at": None,
    "until": None,
    "may": [{"action": "plan", "kinds": ["job"], "highest": "personal"}],
}
WHOAMI_NOBODY = WHOAMI | {"name": "jo", "way": "machine", "roles": [], "signed_in_at": None, "until": None, "may": []}
KEY = {
    "format": "dani.key/1",
    "id": "4k0d8s1x",
    "name": "nightly",
    "scopes": ["apply", "plan"],
    "expires_at": "2026-12-23T08:15:00Z",
    "key": "dani_live_4k0d8s1x_" + "A" * 43 + "000000",
}
KEY_ROW = {
    "id": "4k0d8s1x",
    "name": "nightly",
    "account": "user.asmith",
    "scopes": ["apply", "plan"],
    "created_at": "2026-11-23T08:15:00Z",
    "expires_at": "2026-12-23T08:15:00Z",
    "used_at": "2026-11-24T08:15:00Z",
    "state": "good",
}
OLD_KEY = KEY_ROW | {"id": "zzzzzzzz", "name": "old", "account": None, "used_at": None, "state": "expired"}
KEYS = {"format": "dani.keys/1", "keys": [KEY_ROW, OLD_KEY]}
NO_KEYS = {"format": "dani.keys/1", "keys": []}
NOT_WHOLE = WHOLE | {"rows": 3, "fault": FAULT}
PURGING = change(
    "-",
    "remove",
    "user.tlee",
    "Tom Lee",
    [],
    reason="purged",
    policy="purge",
    deletes=True,
    reversible=False,
)
LEAVING_A_GROUP = change(
    "~",
    "update",
    "group.engineers",
    "Engineers",
    [field("members", ["knowak", "tlee"], ["knowak"], "purged", set=True)],
    reason="purged",
    reversible=False,
)
WHAT_GOES = [
    finding("irreversible", "what the journal says can't be read any more: 4 entries so far", "user.tlee"),
    finding("irreversible", "1 sign-in and 2 API keys end", "user.tlee"),
]
PURGE = plan([LEAVING_A_GROUP, PURGING], warnings=WHAT_GOES, purges="user.tlee")
PURGED_RUN = RUN | {"summary": PURGE["summary"], "marks": {}}
PURGED_CHANGE = TLEE | {"title": "‹purged›", "fields": [field("status", None, "‹purged›", "no_longer_declared")]}
PURGED_HISTORY = {
    "run": "r-20261123-1",
    "at": "2026-11-23T08:15:00Z",
    "actor": "jo",
    "verb": "remove",
    "reason": "purged",
    "fields": [],
    "purged": True,
}
RUN_DOCUMENT = {"format": "dani.run/1", "run": RUN, "changes": PLAN["changes"]}
DRIFT = {
    "format": "dani.drift/1",
    "as_of": "2026-11-23",
    "items": [
        {"address": "user.gone", "title": "", "class": "missing", "fields": []},
        {
            "address": "user.asmith",
            "title": "Anna Smith",
            "class": "changed_outside",
            "fields": [field("office", "Berlin", "Toronto")],
        },
    ],
    "counts": {"changed_outside": 1, "missing": 1, "satisfied_late": 0, "due": 0},
    "unmanaged": {"user": 2},
}
NO_DRIFT = DRIFT | {"items": [], "counts": {}, "unmanaged": {}}
TIMELINE = {
    "format": "dani.timeline/1",
    "as_of": "2026-11-23",
    "items": [
        {
            "date": "2026-11-20",
            "state": "due",
            "address": "user.mrossi",
            "title": "Maria Rossi",
            "event": "changes",
            "fields": [field("department", "sales", "engineering")],
            "source": f"{FOLDER}/engineering.yaml:44:7",
        },
        *HARD_PLAN["horizon"]["items"],
    ],
}
EXPLAINED_FIELD = {
    "name": "department",
    "title": "Department",
    "description": "The department a person works in.",
    "class": "internal",
    "desired": "engineering",
    "origin": "resource",
    "source": f"{FOLDER}/engineering.yaml:23:17",
    "since": "2026-11-20",
    "shadowed": [{"origin": "defaults", "source": f"{FOLDER}/engineering.yaml:3:5", "value": "sales"}],
    "applied": "sales",
    "live": "sales",
    "owner": "playbook",
    "verdict": "the playbook changed; the next apply writes it",
    "next": [{"date": "2027-01-01", "value": "research"}],
}
EXPLAIN = {
    "format": "dani.explain/1",
    "address": "user.mrossi",
    "title": "Maria Rossi",
    "as_of": "2026-11-23",
    "managed": True,
    "live_id": "41",
    "source": f"{FOLDER}/engineering.yaml:41:3",
    "fields": [EXPLAINED_FIELD],
    "history": [
        {
            "run": "r-20261101-1",
            "at": "2026-11-01T07:00:00Z",
            "actor": "asmith",
            "verb": "create",
            "reason": "declared",
            "fields": ["department", "email"],
        }
    ],
}
EXPLAIN_ALL = EXPLAIN | {
    "fields": [
        EXPLAINED_FIELD,
        EXPLAINED_FIELD
        | {
            "name": "mobile",
            "class": "personal",
            "desired": None,
            "origin": None,
            "source": None,
            "since": None,
            "live": "‹personal›",
            "owner": "live",
            "verdict": "not declared; the live system owns it",
        },
    ]
}
EXPORT = {
    "format": "dani.export/1",
    "resources": {"user.mrossi": {"email": "m.rossi@nordwind.example", "roles": ["employee"], "manager": None}},
}


def written(path: str, outcome: str, **addresses: list[str]) -> Document:
    return {"path": path, "outcome": outcome, "added": [], "changed": [], "removed": []} | addresses


WRITTEN = {
    "format": "dani.written/1",
    "files": [
        written("out/departments.yaml", "unchanged"),
        written("out/groups.yaml", "removed", removed=["group.choir"]),
        written("out/people/legal.yaml", "written", added=["user.edoe", "user.mrossi"]),
        written(
            "out/people/sales.yaml",
            "changed",
            added=["user.jdoe"],
            changed=[f"user.p{number}" for number in range(12)],
            removed=["user.tlee"],
        ),
    ],
    "resources": 1204,
    "left_out": {"personal": ["user.mobile"], "only_references": ["user.salary", "user.birth_date"]},
    "findings": [
        problem(
            "not-writable",
            "job_title has a character that no playbook may hold",
            address="user.eve",
            field="job_title",
            hint="job_title is left out; correct it in the live system",
        )
    ],
}
DOCTOR = {
    "format": "dani.doctor/1",
    "checks": [
        {"name": "Python", "state": "ok", "detail": "3.11.7", "remedy": None},
        {"name": "database", "state": "failed", "detail": "does not answer", "remedy": "check database: in dani.yaml"},
        {"name": "clock", "state": "warning", "detail": "UTC", "remedy": "set time_zone in dani.yaml"},
    ],
}
CONFIG = {
    "format": "dani.config/1",
    "settings": [
        {"name": "name", "value": "Nordwind", "origin": "dani.yaml:2"},
        {"name": "time_zone", "value": "UTC", "origin": "default"},
    ],
}

LOCK = {
    "format": "dani.lock/1",
    "token": 17,
    "state": "alive",
    "holder": "anna",
    "host": "host-1",
    "pid": 4711,
    "backend": 912,
    "run": "3f9a0c51d2e4",
    "since": "2026-11-23T08:15:02Z",
    "heartbeat": "2026-11-23T08:15:04Z",
    "age_s": 3,
    "broken": None,
}
FREE_LOCK = LOCK | dict.fromkeys(
    ("holder", "host", "pid", "backend", "run", "since", "heartbeat", "age_s"), None
) | {"token": 18, "state": "free"}  # fmt: skip
BROKEN_LOCK = FREE_LOCK | {
    "broken": {
        "token": 17,
        "holder": "anna",
        "host": "host-1",
        "pid": 4711,
        "run": "3f9a0c51d2e4",
        "connection_ended": True,
    }
}
SETTLED = {"run": RUN | {"state": "rolled_back"}, "outcome": "not-written", "message": "nothing of it was written"}
SETTLEMENT = {"format": "dani.settlement/1", "runs": [SETTLED], "lock": FREE_LOCK, "restored": None}
STUCK = {
    "format": "dani.settlement/1",
    "runs": [SETTLED | {"outcome": "running", "message": "its process is alive and has the lock"}],
    "lock": LOCK,
    "restored": {"common": 11, "lost": 14, "message": "the database was put back", "hint": "accept it, or ask"},
}
RESUMPTION = {"format": "dani.resumption/1", "run": RUN, "same": True}
UNTRUSTED_PLAN = plan(
    [
        change(
            "~",
            "update",
            "user.jdoe",
            "John Doe",
            [
                field("mobile", None, "‹personal›", unknown=True, **{"class": "personal"}),
                field("home_address", None, None, unknown=True, **{"class": "personal"}),
                field("end_reason", None, "‹personal›", "released", unknown=True, writes=False, owner="live"),
                field("office", "Berlin", "Bonn"),
            ],
            source=f"{FOLDER}/engineering.yaml:22:3",
        )
    ],
    untrusted=True,
    warnings=[finding("settings-not-used", "dani.yaml differs from that of main", None, source="dani.yaml:1:1")],
)


def binding_finding(level: str, kind: str, path: str, message: str, **more: Any) -> Document:
    return {
        "level": level,
        "kind": kind,
        "path": path,
        "message": message,
        "hint": None,
        "file": None,
        "line": 0,
    } | more


BINDING = {
    "format": "dani.binding/1",
    "file": "bindings.yaml",
    "settings": "company.settings",
    "system": "company (postgresql)",
    "kinds": [
        {
            "kind": "department",
            "model": "org.Department",
            "write": "bulk",
            "objects": 12,
            "fields": 4,
            "of": 9,
        },
        {"kind": "user", "model": "people.Employee", "write": "save", "objects": 10_204, "fields": 15, "of": 43},
    ],
    "quiet": {
        "off": ["mail", "threads"],
        "threads": 3,
        "threads_of": ["payroll.jobs", "rota.jobs"],
        "mails": 1,
        "writes": 0,
    },
    "findings": [],
}
BINDING_FINDINGS = BINDING | {
    "quiet": BINDING["quiet"] | {"writes": 2},  # type: ignore[operator]
    "kinds": [kind | {"objects": None} for kind in BINDING["kinds"]],  # type: ignore[attr-defined]
    "findings": [
        binding_finding(
            "error",
            "user",
            "start_date",
            "people.WorkInformation has no field date_joinin",
            file="bindings.yaml",
            line=33,
            hint='did you mean "date_joining"?',
        ),
        binding_finding("error", "", "", "the project wrote while it was started and read: people_team (2)"),
        binding_finding("warning", "user", "email", "3 of 10,204 can't be read: email and login.email disagree"),
        binding_finding("info", "department", "location", "has no place"),
    ],
}

DOCUMENTS: dict[str, Document] = {
    "binding": BINDING,
    "binding-findings": BINDING_FINDINGS,
    "plan": PLAN,
    "plan-empty": EMPTY_PLAN,
    "plan-hard": HARD_PLAN,
    "plan-hostile": HOSTILE_PLAN,
    "plan-quiet": QUIET_PLAN,
    "plan-adopting": ADOPTING_PLAN,
    "plan-few": FEW_PLAN,
    "plan-taking-over": TAKING_OVER,
    "plan-first": FIRST_PLAN,
    "plan-saved": SAVED_PLAN,
    "plan-unverified": UNVERIFIED_PLAN,
    "approval": APPROVED,
    "approval-all": APPROVED_ALL,
    "approval-again": APPROVED_AGAIN,
    "approval-none": NOTHING_TO_APPROVE,
    "problems-moved": MOVED,
    "plan-untrusted": UNTRUSTED_PLAN,
    "problems": PROBLEMS,
    "error": ERROR,
    "validation": VALIDATION,
    "validation-invalid": INVALID,
    "apply": APPLY,
    "apply-nothing": NOTHING,
    "apply-failed": FAILED,
    "apply-refused": REFUSED,
    "runs": RUNS,
    "runs-none": NO_RUNS,
    "whoami": WHOAMI,
    "whoami-key": WHOAMI_KEY,
    "whoami-nobody": WHOAMI_NOBODY,
    "key": KEY,
    "keys": KEYS,
    "keys-none": NO_KEYS,
    "audit": AUDIT,
    "audit-none": NO_AUDIT,
    "verification": WHOLE,
    "verification-bad": NOT_WHOLE,
    "verification-restored": WHOLE | {"restores": [{"common": 11, "lost": 14}]},
    "lock": LOCK,
    "lock-stopped": LOCK | {"state": "stopped", "age_s": 75},
    "lock-dead": LOCK | {"state": "dead", "run": None},
    "lock-free": FREE_LOCK,
    "lock-broken": BROKEN_LOCK,
    "settlement": SETTLEMENT,
    "settlement-none": SETTLEMENT | {"runs": []},
    "settlement-stuck": STUCK,
    "resumption": RESUMPTION,
    "resumption-other": RESUMPTION | {"same": False},
    "resumption-none": {"format": "dani.resumption/1", "run": None, "same": None},
    "verification-journal": WHOLE | {"runs": 40, "fault": WRONG_JOURNAL},
    "run": RUN_DOCUMENT,
    "run-purge": RUN_DOCUMENT | {"run": PURGED_RUN, "changes": [LEAVING_A_GROUP, PURGING | {"title": "‹purged›"}]},
    "run-purged": RUN_DOCUMENT | {"changes": [PURGED_CHANGE]},
    "plan-purge": PURGE,
    "apply-purge": APPLY | {"plan": PURGE, "run": PURGED_RUN},
    "apply-purge-again": NOTHING | {"plan": EMPTY_PLAN | {"purges": "user.tlee"}},
    "run-quiet": RUN_DOCUMENT | {"changes": KNOWN},
    "drift": DRIFT,
    "drift-none": NO_DRIFT,
    "timeline": TIMELINE,
    "explain": EXPLAIN,
    "explain-all": EXPLAIN_ALL,
    "explain-purged": EXPLAIN | {"title": "", "managed": False, "fields": [], "history": [PURGED_HISTORY]},
    "export": EXPORT,
    "written": WRITTEN,
    "written-all": WRITTEN
    | {"files": [WRITTEN["files"][2]], "left_out": {"personal": [], "only_references": []}, "findings": []},
    "written-nothing": WRITTEN
    | {
        "files": [WRITTEN["files"][0]],
        "left_out": {"personal": [], "only_references": []},
        "findings": [],
    },
    "doctor": DOCTOR,
    "config": CONFIG,
}
