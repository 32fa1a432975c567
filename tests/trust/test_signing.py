"""Signing in and out, passwords, keys: what ends them, what slows guessing down, and where they never stand."""

import base64
import hmac
import json
import logging
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.errors import DaniError, Denied
from dani_playbook.core.identity import Identity, Way
from dani_playbook.core.values import Secret
from dani_playbook.runner import identity as finding
from dani_playbook.runner import keys, session_file, signing
from dani_playbook.runner.gate import Gate
from dani_playbook.runner.identity import machine_name
from dani_playbook.runner.offline import Request
from tests.attack.asking import MOVED
from tests.runner.conftest import Project
from tests.trust.signing import Office, password, playbook, quick_passwords

DENIED, USAGE, INVALID = 5, 64, 3
GOOD = "another good password"


@pytest.fixture
def office(project: Project) -> Iterator[Office]:
    with quick_passwords():
        made = Office(project)
        made.fill()
        yield made


def change(key: str, **columns: object) -> None:
    from dani_playbook.hris.accounts.models import User

    User.objects.filter(key=key).update(**columns)


def leave(key: str) -> None:
    from dani_playbook.hris.employees.models import Employee

    Employee.objects.filter(user__key=key).update(status="left")


def token_file(office: Office, key: str) -> Path:
    (path,) = (office.project.root / "homes" / key / "sessions").iterdir()
    return path


def who(office: Office, **more: str) -> dict[str, object]:
    """``dani whoami``, as a program reads it."""
    home = more.pop("home", "nobody")
    found: dict[str, object] = json.loads(office.call("whoami", "--format", "json", home=home, **more).out)
    return found


def test_who_signs_in_acts_from_then_on_and_who_signs_out_does_not(office: Office) -> None:
    assert who(office, home="hanna")["name"] == "tester"
    ended = office.login("hanna")
    assert (ended.code, ended.out.split("\n")[0][:23]) == (0, "user.hanna  signed in s")
    assert (found := who(office, home="hanna"))["name"] == "user.hanna"
    assert (found["way"], found["roles"]) == ("session", ["hr_manager"])
    office.project.write("playbooks/a.yaml", playbook(3))
    run = json.loads(office.call("apply", "--approve", "--target", "user.*", "--format", "json", home="hanna").out)[
        "run"
    ]
    assert run["actor"] == "user.hanna"
    assert "user.hanna is signed out." in office.call("logout", home="hanna").err
    assert who(office, home="hanna")["name"] == "tester"
    assert "Nobody was signed in." in office.call("logout", home="hanna").err
    assert [row["action"] for row in office.rows() if row["action"].startswith("log")] == ["login", "logout"]


def test_the_token_is_kept_for_its_owner_only_and_not_used_when_others_could_read_it(office: Office) -> None:
    office.login("hanna")
    path = token_file(office, "hanna")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(base64.urlsafe_b64decode(path.read_text("ascii").strip().removeprefix("dani_session_") + "=")) == 32
    path.chmod(0o640)
    ended = office.call("whoami", home="hanna")
    assert (ended.code, "isn't yours alone" in ended.err) == (DENIED, True)
    assert office.rows("session-refused")[-1]["result"] == "denied"
    path.chmod(0o600)
    kept = path.rename(path.with_name("elsewhere"))
    path.symlink_to(kept)
    assert office.call("whoami", home="hanna").code == DENIED


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_looking_at_its_mode_a_file_of_others_would_be_used(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.login("hanna")
    token_file(office, "hanna").chmod(0o644)
    monkeypatch.setattr(session_file, "_check", lambda *arguments: None)
    assert office.call("whoami", home="hanna").code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_looking_at_a_key_again_it_would_outlive_its_maker(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = office.key_of("ivan", "look").reveal()
    change("ivan", is_active=False)
    monkeypatch.setattr(finding, "_no_good", lambda *arguments: "")
    assert office.call("runs", DANI_API_KEY=secret).code == 0


def test_signing_in_again_ends_the_session_before(office: Office) -> None:
    from dani_playbook.state.models import AccessSession

    office.login("hanna")
    old = token_file(office, "hanna").read_text("ascii")
    office.login("hanna")
    assert AccessSession.objects.count() == 1
    token_file(office, "hanna").write_text(old, "ascii")
    assert office.call("whoami", home="hanna").code == DENIED


ENDS: dict[str, Callable[[Office], object]] = {
    "disabled": lambda office: change("hanna", is_active=False),
    "left": lambda office: leave("hanna"),
    "another password": lambda office: change("hanna", password="md5$x$00000000000000000000000000000000"),
    "another role": lambda office: change("hanna", roles=["admin"]),
    "no role": lambda office: change("hanna", roles=[]),
    "idle": lambda office: office.later(minutes=31),
    "too old": lambda office: [
        office.later(minutes=29) or office.call("whoami", home="hanna").code for _ in range(17)
    ],
    "everywhere": lambda office: (office.call("login", "hanna@a.example", "--password-stdin", home="laptop",
        text=password("hanna")), office.call("logout", "--everywhere", home="laptop")),
    "an admin": lambda office: (office.login("boss"), office.call("user", "password", "user.hanna",
        "--password-stdin", home="boss", text=GOOD)),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_a_session_ends_at_once(office: Office, name: str) -> None:
    office.login("hanna")
    assert office.call("runs", home="hanna").code == 0
    ENDS[name](office)
    ended = office.call("runs", home="hanna")
    assert (ended.code, ended.out) == (DENIED, "")
    assert "the sign-in of this machine has ended" in ended.err
    assert office.rows("session-refused")[-1]["result"] == "denied"
    assert office.call("logout", home="hanna").code == 0
    assert who(office, home="hanna")["name"] == "tester"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_looking_at_the_account_a_session_would_go_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.login("hanna")
    monkeypatch.setattr(finding, "_ended", lambda *arguments: "")
    ENDS["disabled"](office)
    assert office.call("runs", home="hanna").code == 0


def test_a_token_is_good_for_its_own_database_only(office: Office, tmp_path: Path) -> None:
    office.login("hanna")
    assert token_file(office, "hanna").name == office.session().database.identity
    session = office.session("hanna")
    assert session.identity.name == "user.hanna"
    assert session.access.session(Secret("dani_session_" + "A" * 43)) is None


def test_whoever_gets_the_key_of_somebody_who_left_gets_nothing_of_theirs(office: Office) -> None:
    """The address is given to another person: sessions and keys belong to the person, not to the address."""
    from dani_playbook.hris.accounts.models import User

    secret = office.key_of("hanna", "look").reveal()
    office.login("hanna")
    moved = playbook().replace("  hanna:", "  hella:") + MOVED.replace("ada", "hanna").replace("ida", "hella")
    office.project.write("playbooks/a.yaml", moved)
    office.project.apply()
    assert who(office, home="hanna")["name"] == "user.hella"
    assert who(office, DANI_API_KEY=secret)["name"] == "user.hella"
    accounts = office.session().accounts
    assert [str(item.address) for item in accounts.by_email(["HANNA@a.example"]).values()] == ["user.hella"]
    User.objects.filter(key="max").update(key="maxim")
    assert set(accounts.of([Address("user", "max"), Address("user", "hella"), Address("user", "hanna")])) == {
        Address("user", "max"),
        Address("user", "hella"),
    }


def test_roles_now_of_many_accounts_cost_a_fixed_number_of_queries(office: Office) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    session = office.session()
    everybody = [Address("user", key) for key in ("boss", "hanna", "ivan", "rita", "nobody")]
    session.accounts.of([])
    counts = []
    for some in (everybody[:1], everybody):
        with CaptureQueriesContext(
            connection,
        ) as found:
            accounts = session.accounts.of(some)
        counts.append(len(found))
    assert counts == [3, 3]
    assert {str(address): sorted(item.roles) for address, item in accounts.items()} == {
        "user.boss": ["admin"],
        "user.hanna": ["hr_manager"],
        "user.ivan": ["it_admin"],
        "user.rita": ["recruiter"],
    }
    change("boss", roles=["operator", "admin", 7])
    assert session.accounts.of(everybody)[everybody[0]].roles == {"admin"}


WRONG = {
    "a wrong password": ("hanna@a.example", "not the password"),
    "nobody": ("somebody.else@a.example", password("hanna")),
    "no e-mail at all": (password("hanna"), password("hanna")),
    "somebody disabled": ("max@a.example", password("max")),
    "somebody without a password": ("olga@a.example", "not the password"),
    "an unusable password as it is stored": ("olga@a.example", "!"),
}


def test_whatever_is_wrong_the_answer_is_the_same_and_costs_one_hash(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashes: list[str] = []
    whole = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, text, salt: (hashes.append(text), whole(self, text, salt))[1]
    )
    change("max", is_active=False)
    answers = set()
    for email, typed in WRONG.values():
        hashes.clear()
        ended = office.call("login", email, "--password-stdin", text=typed + "\n")
        answers.add((ended.code, ended.out, ended.err))
        assert len(hashes) == 1
    assert len(answers) == 1
    hashes.clear()
    assert office.login("hanna").code == 0
    assert len(hashes) == 1
    failed = office.rows("login-failed")
    assert len(failed) == len(WRONG)
    assert {row["result"] for row in failed} == {"denied"}
    assert "hanna" not in json.dumps(failed)


def test_five_wrong_passwords_a_minute_then_nothing_is_hashed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.hris.accounts.directory import Directory

    looked: list[str] = []
    whole = Directory.checked
    monkeypatch.setattr(
        Directory, "checked", lambda self, email, typed: (looked.append(email), whole(self, email, typed))[1]
    )
    for spelling in ("hanna@a.example", "HANNA@a.example", " hanna@A.example", "hanna@a.example", "hanna@a.example"):
        assert office.call("login", spelling, "--password-stdin", text="wrong\n").code == DENIED
    ended = office.login("hanna")
    assert (ended.code, len(looked)) == (DENIED, 5)
    assert "wait for a minute" in ended.err
    assert office.login("boss").code == 0
    office.later(seconds=61)
    assert office.login("hanna").code == 0


def test_all_accounts_together_have_a_limit_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "TRIES_OF_ALL", 8)
    for number in range(8):
        assert "don't belong" in office.call("login", f"{number}@a.example", "--password-stdin", text="x\n").err
    assert "too many" in office.login("hanna").err
    office.later(seconds=61)
    assert office.login("hanna").code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_limit_passwords_can_be_guessed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state.access import Access

    monkeypatch.setattr(Access, "try_password", lambda *arguments: 0)
    for _ in range(20):
        office.login("hanna", "wrong")
    assert office.login("hanna").code == 0


def test_the_first_password_is_set_by_the_machine_for_an_admin_and_only_once(office: Office) -> None:
    from dani_playbook.hris.accounts.models import User, unusable_password

    User.objects.update(password=unusable_password())
    line = ("user", "password")
    assert office.call(*line, "user.hanna", "--password-stdin", text=GOOD).code == DENIED
    assert office.call(*line, "user.boss", "--password-stdin", text=GOOD).code == 0
    assert office.call(*line, "user.boss", "--password-stdin", text=GOOD).code == DENIED
    rows = [(row["action"], row["object"], row["result"]) for row in office.rows() if "password" in row["action"]]
    assert rows == [
        ("first-password", "user.hanna", "denied"),
        ("first-password", "user.boss", "done"),
        ("set-password", "", "denied"),
    ]
    assert office.login("boss", GOOD).code == 0
    assert office.call(*line, "user.hanna", "--password-stdin", home="boss", text=GOOD).code == 0
    assert office.login("hanna", GOOD).code == 0


def test_ones_own_password_needs_the_old_one(office: Office) -> None:
    office.login("emil")
    line = ("user", "password", "user.emil", "--password-stdin")
    assert office.call(*line, home="emil", text=f"wrong\n{GOOD}\n").code == DENIED
    assert office.rows("password-failed")[-1]["result"] == "denied"
    assert office.call(*line, home="emil", text=f"{password('emil')}\n{GOOD}\n").code == 0
    assert office.call("whoami", home="emil").code == DENIED
    assert office.login("emil", GOOD).code == 0
    other = office.call("user", "password", "user.hanna", "--password-stdin", home="emil", text=f"{GOOD}\n")
    assert other.code == DENIED


EASY = {
    "short": ("user.hanna", "k7#pQ2!mZx4"),
    "short for an admin": ("user.boss", "k7#pQ2!mZx4vB9"),
    "common": ("user.hanna", "1q2w3e4r5t6y"),
    "only digits": ("user.hanna", "86290174553821"),
    "like the e-mail": ("user.hanna", "hanna@a.example"),
    "longer than anybody types": ("user.hanna", "k7#" * 400),
}


@pytest.mark.parametrize("name", EASY)
def test_an_easy_password_is_refused_without_repeating_it(office: Office, name: str) -> None:
    address, typed = EASY[name]
    session = office.session()
    session.identity = Identity(name="x", way=Way.SESSION, roles=frozenset({"admin"}), signed_in_at=office.now)
    with pytest.raises(DaniError) as refused:
        signing.set_password(session, Address.parse(address), Secret(typed))
    assert refused.value.exit_code == INVALID
    assert typed not in f"{refused.value.message} {refused.value.hint}"


def test_a_new_password_is_no_drift_and_moves_no_plan(office: Office) -> None:
    office.project.write("playbooks/a.yaml", playbook(5))
    session = office.session()
    planned = session.plan(Request())
    office.login("boss")
    assert office.call("user", "password", "user.emil", "--password-stdin", home="boss", text=GOOD).code == 0
    assert session.apply(planned).document["outcome"] == "succeeded"
    assert office.call("drift", "--exit-code").code == 0
    assert office.call("plan", "--exit-code").code == 0
    assert office.login("emil", GOOD).code == 0


def test_who_is_gone_or_unknown_gets_no_password(office: Office) -> None:
    leave("emil")
    office.login("boss")
    for address in ("user.emil", "user.nobody"):
        ended = office.call("user", "password", address, "--password-stdin", home="boss", text=GOOD)
        assert ended.code == INVALID


def made(office: Office, *arguments: str) -> dict[str, object]:
    ended = office.call("keys", "create", "nightly", *arguments, "--format", "json", home="boss")
    assert ended.code == 0, ended.err
    found: dict[str, object] = json.loads(ended.out)
    return found


def test_a_key_is_shown_once_and_does_what_its_scopes_say(office: Office) -> None:
    office.login("boss")
    key = made(office, "--scope", "look", "--scope", "plan", "--days", "90")
    text = str(key["key"])
    assert len(text) == 68
    assert text.startswith(f"dani_live_{key['id']}_")
    found = who(office, DANI_API_KEY=text)
    assert (found["name"], found["way"], found["scopes"], found["key"]) == (
        "user.boss",
        "key",
        ["look", "plan"],
        key["id"],
    )
    assert office.call("runs", DANI_API_KEY=text).code == 0
    ended = office.call("audit", "list", DANI_API_KEY=text)
    assert (ended.code, "a key does what is in its scopes" in ended.err) == (DENIED, True)
    listed = office.call("keys", "list", home="boss").out
    assert text not in listed
    assert str(key["id"]) in listed
    assert office.call("keys", "create", "x", "--scope", "plan", "--days", "91", home="boss").code == USAGE


@pytest.mark.parametrize("scope", ["approve", "reveal", "purge", "set-password", "make-key", "revoke-key", "all", ""])
def test_a_key_cannot_have_such_a_scope(office: Office, scope: str) -> None:
    office.login("boss")
    assert office.call("keys", "create", "x", "--scope", scope, home="boss").code == USAGE


def test_a_key_is_made_only_for_what_its_maker_may(office: Office) -> None:
    office.login("audrey")
    assert office.call("keys", "create", "x", "--scope", "audit", home="audrey").code == 0
    assert office.call("keys", "create", "x", "--scope", "apply", home="audrey").code == DENIED


def test_a_key_that_was_handed_in_wins_over_who_signed_in(office: Office) -> None:
    office.login("boss")
    secret = office.key_of("audrey", "look").reveal()
    assert who(office, home="boss", DANI_API_KEY=secret)["name"] == "user.audrey"
    assert office.call("audit", "list", home="boss", DANI_API_KEY="dani_live_nonsense").code == DENIED


KEY_ENDS: dict[str, Callable[[Office, str], object]] = {
    "revoked": lambda office, id: office.call("keys", "revoke", id, home="boss"),
    "expired": lambda office, id: office.later(days=30),
    "its maker disabled": lambda office, id: change("ivan", is_active=False),
    "its maker left": lambda office, id: leave("ivan"),
    "its maker without the role": lambda office, id: change("ivan", roles=["employee"]),
}


@pytest.mark.parametrize("name", KEY_ENDS)
def test_a_key_is_worth_nothing_from_the_next_call_on(office: Office, name: str) -> None:
    office.login("boss")
    secret = office.key_of("ivan", "look", "plan").reveal()
    assert office.call("runs", DANI_API_KEY=secret).code == 0
    KEY_ENDS[name](office, secret.split("_")[2])
    ended = office.call("runs", DANI_API_KEY=secret)
    assert (ended.code, ended.out) == (DENIED, "")


def test_a_key_of_another_is_revoked_by_an_admin_and_one_own_by_anybody(office: Office) -> None:
    office.login("audrey")
    own, other = (office.key_of(maker, "look").reveal().split("_")[2] for maker in ("audrey", "ivan"))
    assert office.call("keys", "revoke", other, home="audrey").code == DENIED
    assert office.call("keys", "revoke", own, home="audrey").code == 0
    assert other not in office.call("keys", "list", home="audrey").out
    office.login("boss")
    assert other in office.call("keys", "list", home="boss").out
    assert office.call("keys", "revoke", other, home="boss").code == 0
    assert office.call("keys", "revoke", "nothing1", home="boss").code == INVALID


def test_a_wrong_key_and_an_unknown_one_cost_the_same_comparison(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = office.key_of("boss", "look").reveal()
    wrong = [good[:-1] + "é", good[:30] + "x" + good[31:], good.replace("_", "-"), "", "x" * 5000]
    unknown = "dani_live_00000000_" + good[19:]
    compared: list[int] = []
    whole = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, two: (compared.append(1), whole(one, two))[1])
    access = office.session().access
    for text in (good, *wrong, unknown):
        compared.clear()
        assert (access.key(Secret(text)) is not None) is (text == good)
        assert compared == [1]


def test_bad_keys_leave_a_row_without_the_key(office: Office) -> None:
    good = office.key_of("boss", "look").reveal()
    assert office.call("runs", DANI_API_KEY=good[:-6] + "000000").code == DENIED
    row = office.rows("key-refused")[-1]
    assert (row["result"], row["actor"], row["object"]) == ("denied", "tester", "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("anna", "anna"),
        ("anna.smith", "anna.smith"),
        ("users", "users"),
        ("user.asmith", "machine:user.asmith"),
        (" USER.asmith", "machine: USER.asmith"),
        ("\u200buser.asmith", "machine:\u200buser.asmith"),
        ("ｕｓｅｒ．asmith", "machine:ｕｓｅｒ．asmith"),
        ("user․asmith", "machine:user․asmith"),
        ("machine:user.asmith", "machine:machine:user.asmith"),
    ],
)
def test_the_machines_user_never_looks_like_an_account(name: str, shown: str) -> None:
    assert machine_name(name) == shown


def test_a_name_from_the_environment_gives_no_account_and_no_role(office: Office) -> None:
    session = office.session()
    assert (session.identity.name, session.identity.account) == ("tester", None)
    ended = office.call("whoami", "--format", "json", DANI_ACTOR="user.boss")
    found = json.loads(ended.out)
    assert (found["name"], found["roles"]) == ("machine:user.boss", ["operator"])
    assert (
        office.call("export", "user.*", "--reveal", "--force-reveal", "--reason", "x", DANI_ACTOR="user.boss").code == 5
    )


def test_what_is_remembered_without_a_run_leaves_a_row(office: Office) -> None:
    from dani_playbook.hris.employees.models import Employee

    office.project.write("playbooks/a.yaml", playbook(6))
    Employee.objects.filter(user__key="emil").update(job_title="Title 6")
    from dani_playbook.hris.settings.models import Setting

    Setting.objects.update(value="Motto 6")
    session = office.session()
    document = session.apply(session.plan(Request())).document
    assert document["outcome"] == "nothing"
    row = office.rows()[-1]
    assert (row["action"], row["actor"], row["detail"]) == ("remembered", "tester", {"resources": 2})


def shapes(text: str) -> list[bytes]:
    """A secret as it could be written."""
    data = text.encode()
    return [data, base64.b64encode(data)[:-4], data.hex().encode(), text.encode("utf-16-le"), data[::-1]]


def everything(office: Office, log: str) -> bytes:
    """All that was said, all rows, and all files of the project but the tokens themselves."""
    said = "".join(office.said) + log + repr(office.project.place.picture())
    files = [path for path in office.project.root.rglob("*") if path.is_file() and path.parent.name != "sessions"]
    if office.project.place.vendor == "sqlite":
        files += [path for path in (office.project.place.base / ".dani").iterdir() if path.is_file()]
    return said.encode("utf-8", "surrogatepass") + b"".join(path.read_bytes() for path in files)


def used_secrets(office: Office) -> list[str]:
    """Everything that can be done with passwords, tokens and keys, also wrongly; gives all that must not be told."""
    office.login("boss")
    token = token_file(office, "boss").read_text("ascii").strip()
    key = str(made(office, "--scope", "look")["key"])
    office.said.pop(), office.said.pop()  # where it is shown, once
    bad = key[:-7] + "Q" + key[-6:]
    for text in (key, bad):
        office.call("runs", "--log-level", "debug", DANI_API_KEY=text)
    office.call("keys", "list", "--format", "json", home="boss")
    office.call("whoami", "--format", "json", home="boss")
    office.call("login", password("hanna"), "--password-stdin", text="typed in the wrong place\n")
    office.call("user", "password", "user.emil", "--password-stdin", home="boss", text="short one\n")
    office.call("user", "password", "user.emil", "--password-stdin", home="boss", text=GOOD + "\n")
    office.call("audit", "export", home="boss")
    office.call("logout", home="boss")
    return [token, key, bad, password("boss"), password("hanna"), "typed in the wrong place", "short one", GOOD]


def test_passwords_tokens_and_keys_stand_nowhere(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = used_secrets(office)
    found = everything(office, caplog.text)
    assert [secret for secret in secrets for shape in shapes(secret) if shape in found] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_token_that_was_kept_as_it_is_would_be_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.state.access import Access

    monkeypatch.setattr(Access, "hashed", lambda self, what, text: text[-64:])
    token = used_secrets(office)[0]
    office.login("hanna")
    kept = token_file(office, "hanna").read_text("ascii").strip()
    assert kept[-64:].encode() in everything(office, "")
    assert token


def test_nothing_that_holds_a_secret_shows_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.login("boss")
    token, key = token_file(office, "boss").read_text("ascii").strip(), office.key_of("boss", "look")
    session = office.session("boss")
    things = [
        session.identity, session.gate, session.access, session.access.session(Secret(token)), session.access.key(key),
        key, session.accounts.checked("boss@a.example", Secret(password("boss"))), session.accounts, session,
    ]  # fmt: skip
    shown = " ".join(f"{thing!r} {thing}" for thing in things)
    mark = session.accounts.of([Address("user", "boss")])[Address("user", "boss")].mark
    assert not any(secret in shown for secret in (token, key.reveal(), password("boss"), mark))


def test_the_gate_refuses_what_nobody_asked_for_a_reason(office: Office) -> None:
    session = office.session()
    with pytest.raises(Denied):
        session.export(reveal=True)
    with pytest.raises(Denied):
        keys.create_key(session, "x", ["look"], 30)
    assert isinstance(session.gate, Gate)
    assert session.gate.fresh == timedelta(minutes=60)
