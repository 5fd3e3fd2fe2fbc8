"""Undo what rules assigned in one operation: the leads get their previous owner and department back, and nothing else changes."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Operation
from crm.records.history.verb_execution import Refusal, Verb
from leads.models import AssignmentRun, RuleAssignment

# The operation may have added the leads too: its own undo would delete those.
BEFORE = """
    UPDATE leads_lead l SET
        owner_id = (c.fields->'owner_id'->>0)::bigint,
        department_id = CASE WHEN l.department_id = (c.fields->'department_id'->>1)::bigint
            THEN (c.fields->'department_id'->>0)::bigint ELSE l.department_id END
    FROM crm_change c
    WHERE c.operation_id = %s AND c.at >= %s AND c."table" = 'lead' AND c."row" = l.id AND c.kind = 'update' AND c.fields ? 'owner_id'
      AND l.id = ANY(%s::bigint[])"""


@dataclass(frozen=True)
class UndoAssignment(Verb):
    """`of` is the number of the operation in which the rules assigned the leads."""

    kind = "undo_assignment"
    title = _lazy("Undo assignment by rules")
    icon = "undo"
    action = "assign"

    of: int = 0

    def get_parameters(self):
        return {"of": self.of}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Undo assignment by rules")

    def get_refusals(self):
        """Leads that have another owner by now keep them."""
        theirs = RuleAssignment.objects.filter(
            operation=self.of, lead=OuterRef("pk"), owner=OuterRef("owner")
        )
        return [Refusal("changed_since", ~Q(Exists(theirs)))]

    def write(self, rows):
        ids = list(rows.values_list("pk", flat=True))
        since = Operation.objects.get(pk=self.of).earliest_change_at
        with connection.cursor() as cursor:
            cursor.execute(BEFORE, [self.of, since, ids])

    def write_consequences(self, record, changed):
        AssignmentRun.objects.filter(operation=self.of).update(undone_by=record.pk)
