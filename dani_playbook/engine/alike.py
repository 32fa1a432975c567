"""One resource that is live, and was applied, exactly as it is declared: the quick way to say so of most."""

from collections.abc import Iterable
from json.encoder import encode_basestring

from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.resource import Desired
from dani_playbook.core.snapshot import Comparable, LiveObject
from dani_playbook.core.values import SetEdit
from dani_playbook.engine.token import Tokens, plain_token
from dani_playbook.engine.verdict import Verdict, judge


def is_alike(spec: KindSpec, desired: Desired, live: LiveObject, item: InventoryItem, tokens: Tokens) -> bool:
    """True only where a comparison would change, find and remember nothing. False says nothing."""
    resource = desired.resource
    declared, applied = desired.fields, item.applied
    if item.live_id != live.id or item.path != resource.source.file or item.protect != resource.protect:
        return False
    if resource.ignore or len(applied) != len(declared):
        return False
    plain = spec.plain
    for name, value in declared.items():
        if type(value) is str and name in plain and applied.get(name) != encode_basestring(value):
            return False
    return all(_is_same(spec, name, desired, live, item, tokens) for name in _left(spec, desired, live))


def _left(spec: KindSpec, desired: Desired, live: LiveObject) -> Iterable[str]:
    """The fields that a glance doesn't show to be the same."""
    declared, plain = desired.fields, spec.plain
    if not isinstance(live.fields, Comparable):
        return declared
    unlike = dict.fromkeys(live.fields.unlike(declared))
    return [n for n, value in declared.items() if n in unlike or n not in plain or type(value) is not str]


def _is_same(
    spec: KindSpec, name: str, desired: Desired, live: LiveObject, item: InventoryItem, tokens: Tokens
) -> bool:
    value, applied, rule = desired.fields[name], item.applied.get(name), spec.fields[name]
    if applied is None:
        return False
    if rule.create_only:
        return True
    if rule.sensitivity.is_reference_only or isinstance(value, SetEdit):
        found = judge(rule, value, live.fields[name], applied, tokens)
        return found.verdict is Verdict.SAME and found.token == applied
    if value is True or value is False:
        return live.fields[name] is value and applied == plain_token(value)
    before = live.fields[name]
    return before == value and repr(before) == repr(value) and tokens.of(rule, value) == applied
