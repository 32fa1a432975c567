"""New rows: one INSERT for many."""

from collections.abc import Sequence

from django.db import connections, models

from dani_playbook.core.address import Address
from dani_playbook.live import signals
from dani_playbook.live.bulk import insert_at_once
from dani_playbook.live.columns import Model, meta, stored
from dani_playbook.live.refusal import carry_out
from dani_playbook.live.statements import batches, rows_per_statement

_NO_LIMIT = 10**9
New = Sequence[tuple[Address, models.Model]]


def insert(model: Model, new: New, using: str) -> None:
    """Stores instances of one model; their primary keys are set afterwards."""
    signals.before_saving([instance for _, instance in new], using)
    for batch in batches(new, rows_per_statement(using, len(meta(model).concrete_fields))):
        carry_out(using, model, batch, lambda instances: _statement(model, instances, using))
    signals.after_saving([instance for _, instance in new], using, created=True)


def _statement(model: Model, instances: list[models.Model], using: str) -> None:
    """Django cuts batches for 999 parameters; the SQLite that is linked says how many it really takes."""
    if insert_at_once(model, instances, using):
        return
    features = connections[using].features
    limit, features.max_query_params = features.max_query_params, _NO_LIMIT
    try:
        stored(model, using).bulk_create(instances, batch_size=len(instances))
    finally:
        features.max_query_params = limit
