"""Import: a file's new leads and changes, exactly as its plan has them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from crm.change import Refusal, Verb
from crm.models import Job
from leads.models import Import, Lead, PlannedRow

# The columns that a new lead has from its file or from what new leads get; the others have their defaults.
TEXTS = [
    "first_name",
    "last_name",
    "title",
    "company",
    "email",
    "second_email",
    "phone",
    "mobile",
    "website",
    "country",
    "city",
    "state",
    "address",
    "zip",
    "language",
    "description",
    "currency",
    "lost_remark",
    "next_action",
    "phone_normal",
    "mobile_normal",
]
OTHERS = [
    "value",
    "source_id",
    "status_id",
    "owner_id",
    "department_id",
    "lost_reason_id",
    "next_action_on",
    "tags",
]
FLAGS = ["vip", "shared"]
BLANK: dict[str, Any] = {**dict.fromkeys(TEXTS, ""), **dict.fromkeys(FLAGS, False), "tags": []}
CHANGEABLE = {*TEXTS, *OTHERS, *FLAGS}


@dataclass(frozen=True)
class ImportFile(Verb):
    """Its changes are carried out as any verb's; new leads are added by `add`."""

    kind = "import"
    permission = "leads.import_lead"

    imported: Import

    def parameters(self):
        return {"file": self.imported.name, "import": self.imported.pk}

    @classmethod
    def words(cls, parameters):
        return _("Import %(file)s") % {"file": parameters.get("file", "")}

    def refusals(self):
        """What somebody has changed since the plan was made stays as it is."""
        planned = PlannedRow.objects.filter(
            of=self.imported, lead=OuterRef("pk"), version=OuterRef("version")
        )
        return [Refusal("changed_since_plan", ~Q(Exists(planned)))]

    def write(self, rows):
        columns = self._columns_that_change()
        sets = ", ".join(
            f'"{name}" = CASE WHEN p."values" ? \'{name}\' THEN {_value(name)} ELSE t."{name}" END'
            for name in columns
        )
        with connection.cursor() as cursor:
            # In two steps, as nobody has counted the rows of a new plan yet: for one row, which is what the planner
            # then expects, it would search through all the ids, for each of them again.
            cursor.execute(
                f"""WITH p AS MATERIALIZED (SELECT p.lead, p."values" FROM leads_plannedrow p
                        WHERE p.of_id = %s AND p.action = 'change' AND p.lead = ANY(%s::bigint[]))
                    UPDATE leads_lead t SET {sets} FROM p WHERE p.lead = t.id""",  # noqa: S608
                [self.imported.pk, list(rows.values_list("pk", flat=True))],
            )

    def _columns_that_change(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT DISTINCT jsonb_object_keys("values") FROM leads_plannedrow WHERE of_id = %s AND action = 'change'""",
                [self.imported.pk],
            )
            return sorted({name for (name,) in cursor.fetchall()} & CHANGEABLE)

    def _begun(self) -> datetime | None:
        """When its job began: all its leads are added at this one moment, over which lists step (leads/sorts.py)."""
        job = self.imported.job
        return job.started_at if job and job.state == Job.State.RUNNING else None

    def add(self, rows: list[int], *, by) -> list[tuple[int, int | None]]:
        """Add the leads of these rows of the file. Returns their ids and owners."""
        names = [*TEXTS, *OTHERS, *FLAGS]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(
            "ARRAY(SELECT tag FROM unnest(v.tags) tag ORDER BY tag)" if name == "tags" else f'v."{name}"'
            for name in names
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""INSERT INTO leads_lead ({columns}, created_by_id, created_at, first_contacted_at, last_contacted_at)
                    SELECT {values}, %s, coalesce(v.created_at, %s, now()), v.last_contacted_at, v.last_contacted_at
                    FROM leads_plannedrow p
                    CROSS JOIN LATERAL jsonb_populate_record(NULL::leads_lead, %s::jsonb || p."values") v
                    WHERE p.of_id = %s AND p.action = 'add' AND p."row" = ANY(%s::integer[]) ORDER BY p."row"
                    RETURNING id, owner_id""",  # noqa: S608
                [by.pk, self._begun(), json.dumps(BLANK), self.imported.pk, rows],
            )
            return cursor.fetchall()


def _value(name: str) -> str:
    """The planned value with the type of its column."""
    column = next(field for field in Lead._meta.local_concrete_fields if field.column == name)
    kind = column.db_type(connection) or "text"
    if kind.endswith("[]"):
        items = f"jsonb_array_elements_text(p.\"values\"->'{name}')"
        return f"ARRAY(SELECT item::bigint FROM {items} item ORDER BY 1)"  # noqa: S608 - names of columns only
    return f"(p.\"values\"->>'{name}')::{kind}"
