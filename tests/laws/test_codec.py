"""A plan that was packed and unpacked is the same plan, and its plain part tells nothing that is masked."""

import json

from hypothesis import given

from dani_playbook.core.values import json_text
from dani_playbook.engine.codec import pack, unpack
from dani_playbook.engine.digest import digest
from tests.engine.fakes import SPECS, Bench
from tests.laws.companies import SECRETS, Company, companies, resources
from tests.laws.test_laws import lawful


@given(first=companies(), second=companies())
@lawful
def test_packing_and_unpacking_gives_the_same_plan(first: Company, second: Company) -> None:
    bench = Bench(secrets=dict(SECRETS))
    bench.make(*resources(first))
    plan = bench.plan(*resources(second))
    packed = pack(plan, SPECS)
    text = b"".join(packed.pieces).decode()
    again = unpack(json.loads(text), json.loads(json.dumps(packed.hidden)))
    assert again == plan
    assert json_text(json.loads(text)) == text
    assert digest(again, SPECS, bench.planner.tokens) == plan.digest
    assert "+4930123456" not in text


def test_data_can_not_pose_as_a_reference() -> None:
    bench = Bench()
    from tests.engine.fakes import wanted

    setting = wanted("setting.s", name="s", value={"$secret": "env:HOME", "$hidden": 0, "a": {"$mapping": {}}})
    plan = bench.plan(setting)
    packed = pack(plan, SPECS)
    assert unpack(json.loads(b"".join(packed.pieces)), packed.hidden) == plan
