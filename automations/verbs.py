"""What automations do as verbs: the run of an automation, and notifying people."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from automations.models import Automation
from crm.platform.sql.reference_tables import get_labels_by_id, get_ordered_rows
from crm.platform.web.notifications import create_notification
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.email_verbs import WritesEmails


class RunAutomation(WritesEmails, Verb):
    """All steps of an automation for the records that one operation woke it for: one operation, so that it is undone as a whole."""

    kind = "run_automation"
    title = _lazy("Automation")
    icon = "bolt"
    is_about_verdicts = True

    @classmethod
    def get_label(cls, parameters, kind):
        name = get_labels_by_id(Automation).get(parameters.get("automation", 0), _("(deleted)"))
        return _("Automation “%(name)s”") % {"name": name}

    @classmethod
    def get_cause_url(cls, parameters, row, viewer):
        """The log of the record, for who may view the automation."""
        if not viewer.has_perm(Automation.get_right("view")):
            return ""
        rows = {one.pk: one for one in get_ordered_rows(Automation)}
        found = rows.get(parameters.get("automation", 0))
        if found is None or found.retired or not viewer.has_perm(KINDS[found.table_of].get_right("view")):
            return ""
        return f"{reverse('automations:automation', args=[found.pk])}?record={row}"


@dataclass(frozen=True)
class NotifyPeople(Verb):
    """Notify these users, or the owner of each record, of records that they see. It leaves the records as they are."""

    # Always a step of a run, never an operation of its own.
    kind = RunAutomation.kind
    action = "view"
    title = _lazy("Notify people")
    icon = "bell"
    on_read_only = True

    users: tuple[User, ...] = ()
    to_owners: bool = False
    text: str = ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def get_refusals(self):
        if self.to_owners or any(user.is_active for user in self.users):
            return []
        return [Refusal("user_inactive", ~Q(pk=None))]

    def get_values(self):
        return {}

    def write(self, rows):
        """Notifications are written once for the whole set, below."""

    def write_consequences(self, record, changed):
        model: Any = KINDS[record.table].model
        rows = model.objects.filter(pk__any=changed)
        own: dict[int, list[int]] = {}
        if self.to_owners:
            owned = rows.exclude(owner=None).order_by().values("owner")
            own = dict(owned.annotate(ids=ArrayAgg("pk", order_by="pk")).values_list("owner", "ids"))
        wanted = {user.pk for user in self.users}.union(own)
        for user in User.objects.active().with_rights().filter(pk__in=wanted).order_by("pk"):
            seen = rows.visible_to(user) if user.has_perm(model.get_right("view")) else rows.none()
            if user not in self.users:
                seen = seen.filter(pk__any=own[user.pk])
            if ids := list(seen.order_by("pk").values_list("pk", flat=True)):
                create_notification(user, "automation_acted", record, ids, table=record.table, text=self.text)
