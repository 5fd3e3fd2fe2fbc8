"""Import: a file's new records and changes, exactly as planned."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.fields.schemas import ID_AND_VERSION
from crm.models import Import, Job, PlannedRow
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import number
from crm.transfer.imports.apply.custom_value_writing import (
    write_changed_values,
    write_values_of_new_records,
)
from crm.transfer.imports.check.rules_by_kind import get_rules_class


@dataclass(frozen=True)
class ImportFile(Verb):
    """Changes are carried out like those of any verb; new records are added by `add`."""

    kind = "import"
    title = _lazy("Import")
    icon = "upload"
    action = "import"

    imported: Import

    @property
    def of(self) -> Any:
        return KINDS[self.imported.table]

    @property
    def table(self) -> str:
        return connection.ops.quote_name(self.of.model._meta.db_table)

    def get_parameters(self):
        return {"file": self.imported.name, "import": self.imported.pk}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Import %(file)s") % {"file": parameters.get("file", "")}

    @classmethod
    def describe_counted_rows(cls, record):
        """ "866 added, 20 changed, 1,134 rows skipped"."""
        told = record.parameters
        if record.undoes_id or "added" not in told:
            return ""
        found = [_("%(number)s added") % {"number": number(told["added"])}]
        if told["changed"]:
            found.append(_("%(number)s changed") % {"number": number(told["changed"])})
        if record.unchanged:
            found.append(_("%(number)s unchanged") % {"number": number(record.unchanged)})
        if record.refused:
            words = ngettext("%(number)s row skipped", "%(number)s rows skipped", record.refused)
            found.append(words % {"number": number(record.refused)})
        return ", ".join(found)

    def get_columns(self) -> list[str]:
        """The columns that a file can fill, including the normalized phones."""
        kind = self.of
        skipped = {*ID_AND_VERSION, *kind.resource.never_read, *kind.resource.only_for_new}
        fields = [kind.model._meta.get_field(name) for name in kind.fields.EXCEL if name not in skipped]
        if get_rules_class(kind).linked_field:
            fields.append(kind.model._meta.get_field(get_rules_class(kind).linked_field))
        normal = [f.column for f in kind.model._meta.concrete_fields if f.column.endswith("_normal")]
        return [*(field.column for field in fields), *normal]

    def get_refusals(self):
        """Records that a colleague changed since the plan was made stay unchanged."""
        planned = PlannedRow.objects.filter(
            of=self.imported, record=OuterRef("pk"), version=OuterRef("version")
        )
        return [Refusal("changed_since_plan", ~Q(Exists(planned)))]

    def write(self, rows):
        ids = list(rows.values_list("pk", flat=True))
        write_changed_values(self.imported, self.of, ids)
        if not self._get_columns_that_change():
            return
        sets = ", ".join(
            f'"{name}" = CASE WHEN p."values" ? \'{name}\' THEN {self._build_value_sql(name)} ELSE t."{name}" END'
            for name in self._get_columns_that_change()
        )
        with connection.cursor() as cursor:
            # In two steps: a new plan has no row statistics yet, so the planner would expect one row and search all IDs
            # again for each of them.
            cursor.execute(
                f"""WITH p AS MATERIALIZED (SELECT p.record, p."values" FROM crm_plannedrow p
                        WHERE p.of_id = %s AND p.action = 'change' AND p.record = ANY(%s::bigint[]))
                    UPDATE {self.table} t SET {sets} FROM p WHERE p.record = t.id""",
                [self.imported.pk, ids],
            )

    def _get_columns_that_change(self) -> list[str]:
        """Raises ValueError for a planned column that a file can't fill: nothing is skipped silently."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT DISTINCT jsonb_object_keys("values") FROM crm_plannedrow WHERE of_id = %s AND action = 'change'""",
                [self.imported.pk],
            )
            planned = {name for (name,) in cursor.fetchall()}.difference(
                field.name for field in self.of.get_custom_fields()
            )
        if unknown := planned.difference(self.get_columns()):
            raise ValueError(sorted(unknown))
        return sorted(planned)

    def _get_start_time(self) -> datetime | None:
        """When the job began: all its records get this one time; lists use it for paging (crm/records/paging/sorts.py)."""
        job = self.imported.job
        return job.started_at if job and job.state == Job.State.RUNNING else None

    def add(self, rows: list[int], *, by) -> list[tuple[int, int | None]]:
        """Add the records of these rows of the file. Returns their IDs and owners."""
        filled = get_rules_class(self.of).filled
        columns = [name for name in self._get_columns_of_new() if name not in filled]
        names = ", ".join(f'"{name}"' for name in (*columns, *filled))
        values = ", ".join([*(self._build_new_value_sql(name) for name in columns), *filled.values()])
        with connection.cursor() as cursor:
            cursor.execute(
                f"""INSERT INTO {self.table} ({names}, created_by_id, created_at)
                    SELECT {values}, %s, coalesce(v.created_at, %s, now()) FROM crm_plannedrow p
                    CROSS JOIN LATERAL jsonb_populate_record(NULL::{self.table}, %s::jsonb || p."values") v
                    WHERE p.of_id = %s AND p.action = 'add' AND p."row" = ANY(%s::integer[]) ORDER BY p."row"
                    RETURNING id, owner_id""",
                [
                    by.pk,
                    self._get_start_time(),
                    json.dumps(self._get_blank_values(), cls=DjangoJSONEncoder),
                    self.imported.pk,
                    rows,
                ],
            )
            added = cursor.fetchall()
        write_values_of_new_records(self.imported, self.of, rows, [pk for pk, _owner in added])
        return added

    def _get_columns_of_new(self) -> list[str]:
        """With those that a file can fill only for new records; created_at has its own rule."""
        only_for_new = [name for name in self.of.resource.only_for_new if name != "created_at"]
        return [
            *self.get_columns(),
            *(str(self.of.model._meta.get_field(name).column) for name in only_for_new),
        ]

    def _get_blank_values(self) -> dict[str, Any]:
        """The value of a new record if neither the file nor the defaults have one."""
        by_column, columns = self._get_fields_by_column(), self._get_columns_of_new()
        return {name: by_column[name].get_default() for name in columns if not by_column[name].null}

    def _get_fields_by_column(self) -> dict[str, Any]:
        return {field.column: field for field in self.of.model._meta.local_concrete_fields}

    def _build_new_value_sql(self, name: str) -> str:
        """Arrays of IDs are kept in their order."""
        if self._get_fields_by_column()[name].db_type(connection).endswith("[]"):
            return f'ARRAY(SELECT item FROM unnest(v."{name}") item ORDER BY item)'
        return f'v."{name}"'

    def _build_value_sql(self, name: str) -> str:
        """The planned value with the type of its column."""
        kind = self._get_fields_by_column()[name].db_type(connection) or "text"
        if kind.endswith("[]"):
            items = f"jsonb_array_elements_text(p.\"values\"->'{name}')"
            return f"ARRAY(SELECT item::bigint FROM {items} item ORDER BY 1)"
        return f"(p.\"values\"->>'{name}')::{kind.partition(' COLLATE')[0]}"
