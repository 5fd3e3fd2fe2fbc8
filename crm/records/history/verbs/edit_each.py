"""Edit each: other values in each record, in one operation."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.values.stored_values import (
    check_types,
    patch_values_by_query,
    split_custom_values_of_rows,
)
from crm.fields.types.field_type import EMPTY_VALUES
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.transactions import Busy
from crm.records.history.link_locks import has_gone_links, lock_linked_records
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import Refusal, Verb, carry_out, operation
from crm.records.history.verbs.edit import Edit, run_value_followers


@dataclass(frozen=True)
class EditEach(Verb):
    """`changes` are model field names with cleaned values, by the id of the record; `edit` is the verb that edits such records
    one by one, and none of its `ruled` fields is among them.

    The caller holds the records and has judged each change by the form of its record. What may have changed since are settings
    and linked records, which this judges again.
    """

    kind = "edit"
    keeps_required = False

    edit: type[Edit] = Edit
    changes: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted({name for values in self.changes.values() for name in values})

    def get_parameters(self):
        return {"fields": self.names}

    def is_beyond(self, by):
        return self.edit(dict.fromkeys(self.names)).is_beyond(by)

    def lock_settings(self):
        rows = [*self.changes.values()]
        lock_linked_records(rows)
        if has_gone_links(rows):
            raise Busy

    def get_protection_refusals(self, model):
        """Also the records whose change would clear a field that is required."""
        cleared = {
            name: [
                pk for pk, values in self.changes.items() if name in values and values[name] in EMPTY_VALUES
            ]
            for name in get_required_field_names(model.table)
        }
        found = [Refusal(f"needs:{name}", Q(pk__in=ids)) for name, ids in cleared.items() if ids]
        return [*super().get_protection_refusals(model), *found]

    def write(self, rows):
        model, ids = rows.model, list(rows.values_list("pk", flat=True))
        split = split_custom_values_of_rows(model.table, [self.changes[pk] for pk in ids])
        parts = [(pk, own, custom) for pk, (own, custom) in zip(ids, split, strict=True)]
        write_columns(model, {pk: own for pk, own, _custom in parts if own})
        if filled := {pk: custom for pk, _own, custom in parts if custom}:
            check_types(model, [*filled.values()])
            patch_values_by_query(
                model,
                "SELECT id, changes FROM unnest(%s::bigint[], %s::jsonb[]) sent(id, changes)",
                [[*filled], [json.dumps(values) for values in filled.values()]],
            )

    def write_consequences(self, record, changed):
        run_value_followers([(self.changes[pk], [pk]) for pk in changed], record)


def write_columns(model: Any, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Set these model fields of each record, which is held, in one statement: PostgreSQL gives each value the type of its column."""
    if not changes:
        return
    fields = {name: model._meta.get_field(name) for values in changes.values() for name in values}
    sent = [
        {
            fields[name].column: fields[name].get_prep_value(get_id_or_value(value))
            for name, value in values.items()
        }
        for values in changes.values()
    ]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [connection.ops.quote_name(found.column) for found in fields.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET {", ".join(f"{name} = v.{name}" for name in columns)}
                FROM (SELECT filled.* FROM unnest(%s::bigint[], %s::jsonb[]) sent(id, changes)
                      JOIN {table} own ON own.id = sent.id
                      CROSS JOIN LATERAL jsonb_populate_record(own, sent.changes) filled) v
                WHERE v.id = t.id""",
            [[*changes], [json.dumps(values, cls=DjangoJSONEncoder) for values in sent]],
        )


def edit_each_record(
    edit: type[Edit], rows: QuerySet, changes: Mapping[int, Mapping[str, Any]], *, by: Any, channel: str
) -> Outcome:
    """Change these records, each as its changes say, in one operation; none is kept if nothing changes.

    Records that get the same new value in a field with rules of its own are changed by one `edit`. `rows` are those that the user
    may change. The caller holds them and has judged the changes by the form of each record.
    """
    begun, plan = time.monotonic(), _plan_verbs(edit, changes)
    if len(plan) == 1:
        ((verb, ids),) = plan
        return carry_out(verb, rows.filter(pk__any=ids), by=by, channel=channel)
    whole = Outcome(rows.model.table)
    names = {"fields": EditEach(edit, changes).names}
    with transaction.atomic():
        with operation(
            EditEach.kind,
            table=rows.model.table,
            by=by,
            channel=channel,
            parameters=names,
            matched=len(changes),
        ) as record:
            for verb, ids in plan:
                found = carry_out(verb, rows.filter(pk__any=ids), by=by, channel=channel, joined=record)
                whole.changed += found.changed
                whole.unchanged += found.unchanged
                for code, refused in found.refused.items():
                    whole.refused[code] = sorted([*whole.refused.get(code, []), *refused])
            write_operation_result(record, [whole], begun)
        if whole.changed:
            whole.operation = record
        else:
            transaction.set_rollback(True)
    return whole


def _plan_verbs(
    edit: type[Edit], changes: Mapping[int, Mapping[str, Any]]
) -> Sequence[tuple[Verb, list[int]]]:
    """The verbs that make these changes, each with the ids of its records."""
    alike: list[tuple[Mapping[str, Any], list[int]]] = []
    plain: dict[int, Mapping[str, Any]] = {}
    for pk, values in changes.items():
        if edit.ruled.isdisjoint(values):
            plain[pk] = values
            continue
        same = next((ids for known, ids in alike if known == values), None)
        if same is None:
            alike.append((values, [pk]))
        else:
            same.append(pk)
    found: list[tuple[Verb, list[int]]] = [(edit(dict(values)), ids) for values, ids in alike]
    return [*found, (EditEach(edit, plain), [*plain])] if plain else found
