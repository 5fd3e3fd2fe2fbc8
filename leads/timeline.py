"""A lead's timeline: the standard entries, and its moves through the statuses, which deals have too."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Change
from crm.records.history.timeline import Timeline
from crm.records.history.value_sources import ValueSource, find_last_changes
from crm.transfer.imports.apply.import_verb import ImportFile
from crm.work.activities.contact_triggers import CONTACT_COLUMNS
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity
from crm.work.emails.email_sending import DeliverEmail
from leads.models import AssignmentRule, RuleAssignment
from leads.queue import outcomes
from leads.queue.outcome_recording import QueueOutcome
from leads.statuses import reference_tables

# The outcomes in the queue that don't only move the lead.
OF_OUTCOMES = {
    outcomes.REACHED.code: _lazy("reached the lead (queue)"),
    outcomes.NO_ANSWER.code: _lazy("got no answer (queue)"),
    outcomes.WRONG_NUMBER.code: _lazy("called a wrong number (queue)"),
    outcomes.LATER.code: _lazy("postponed the lead to tomorrow (queue)"),
    outcomes.NEXT.code: _lazy("postponed the lead to next week (queue)"),
    outcomes.DONE.code: _lazy("completed what was due (queue)"),
}
# Written along with a new status.
MOVE = {"status_id", "lost_reason_id", "lost_remark"}


# Their entries say more than the times of contact that they changed.
OF_ACTIVITIES = {
    AddActivity.kind,
    EditActivity.kind,
    DeleteActivity.kind,
    DeliverEmail.kind,
    # An import of activities; one of leads never writes these times alone.
    ImportFile.kind,
}


def is_of_an_activity(change: Change) -> bool:
    """Whether the change says nothing but that an activity is the first or last contact, or no longer is."""
    if not change.diff or not set(change.diff) <= set(CONTACT_COLUMNS):
        return False
    return change.operation is None or change.operation.original.kind in OF_ACTIVITIES


class MovesTimeline(Timeline):
    """With the moves of a record through its pipeline."""

    def get_moved_statuses(self, change):
        statuses = reference_tables.get_all_statuses()
        old, new = change.diff.get("status_id", (None, None))
        return (statuses[old], statuses[new]) if old in statuses and new in statuses else None

    def describe_fields(self, change, fields):
        if any(change.diff.get(column, (None, None))[1] for column in ("client_id", "client_contact_id")):
            return _("converted this lead")
        if "status_id" in change.diff and {field.column for field in fields} <= MOVE:
            return self.describe_move()
        return super().describe_fields(change, fields)

    def describe_move(self) -> str:
        return _("moved this lead")

    def get_marker(self, change):
        marker = super().get_marker(change)
        return "flag" if marker in ("edit", "person", "bin") and "status_id" in change.diff else marker


class LeadTimeline(MovesTimeline):
    """With the rules that assigned the lead, and its outcomes in the queue."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        # Those of the changes that were looked at.
        self.rules: dict[tuple[int, int | None], AssignmentRule | None] = {}

    def describe_operation(self, change, fields):
        record = change.operation
        if record and record.kind == QueueOutcome.kind and not record.undoes_id:
            return str(OF_OUTCOMES.get(record.parameters.get("outcome"), _("moved this lead (queue)")))
        return super().describe_operation(change, fields)

    def describe_creation(self):
        return _("created this lead")

    def build_entries(self, changes, *, with_undo=True):
        shown = [change for change in changes if not is_of_an_activity(change)]
        self.rules |= get_assigning_rules(shown)
        return super().build_entries(shown, with_undo=with_undo)

    def describe_fields(self, change, fields):
        rule = self.rules.get((change.row, change.operation_id))
        if rule and "owner_id" in change.diff:
            return _("assigned this lead by the rule “%(rule)s”") % {"rule": rule.name}
        return super().describe_fields(change, fields)

    def build_value_sources(self, changes):
        """The owner may be from an assignment rule, which is asked for if no entry has asked."""
        changes = list(changes)
        owned = find_last_changes(changes, self.record.table, self.record.pk).get("owner_id")
        if owned and (owned.row, owned.operation_id) not in self.rules:
            self.rules |= get_assigning_rules([owned])
        return super().build_value_sources(changes)

    def get_value_source(self, column, change):
        rule = self.rules.get((change.row, change.operation_id)) if column == "owner_id" else None
        if rule is None:
            return super().get_value_source(column, change)
        may_view = self.viewer.has_perm(AssignmentRule.get_right("change")) and not rule.retired
        url = reverse("assignment:rule", args=[rule.pk]) if may_view else ""
        return ValueSource(_("Rule “%(rule)s”") % {"rule": rule.name}, url)


def get_assigning_rules(changes: list[Change]) -> dict[tuple[int, int | None], AssignmentRule | None]:
    """The rules that gave leads another owner, by lead and operation; None where no rule did."""
    assigned = [change for change in changes if change.operation_id and "owner_id" in change.diff]
    if not assigned:
        return {}
    leads, operations = {change.row for change in assigned}, {change.operation_id for change in assigned}
    found = list(RuleAssignment.objects.of_leads(leads, operations))
    rules = AssignmentRule.objects.in_bulk({one.rule for one in found}) if found else {}
    none: dict[Any, Any] = {(change.row, change.operation_id): None for change in assigned}
    return none | {(one.lead, one.operation): rules[one.rule] for one in found}
