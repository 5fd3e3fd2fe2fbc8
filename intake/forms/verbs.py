"""What forms do to leads, and incoming webhooks to those of known people. Visitors have no permissions, so the administrators of
forms and webhooks decide; undoing requires those of users."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from crm.models import Operation
from crm.platform.web.notifications import create_notification
from crm.work.activities.verbs import AddActivity
from crm.work.mentions import get_ids_visible_to
from leads.models import Lead
from leads.verbs import Add, Edit


@dataclass(frozen=True)
class AddByForm(Add):
    """`notified` are the ids of users to be notified besides the owner."""

    form: str = ""
    notified: tuple[int, ...] = ()

    @classmethod
    def get_right(cls, model):
        return ""

    def write_consequences(self, record, changed):
        super().write_consequences(record, changed)
        if not self.notified:
            return
        # Also those whom the assignment rules have just chosen.
        owners = set(Lead.objects.filter(pk__in=changed).values_list("owner", flat=True))
        notify_users(set(self.notified) - owners, "web_form", record, changed, self.form)


@dataclass(frozen=True)
class FillByForm(Edit):
    @classmethod
    def get_right(cls, model):
        return ""


@dataclass(frozen=True)
class NoteByForm(AddActivity):
    """Also files. A text from a stranger mentions no one. `form` is the name of a form or webhook, `notice` the kind of notification
    that says so."""

    form: str = ""
    notified: tuple[int, ...] = ()
    notice: str = "web_form_again"

    @classmethod
    def get_right(cls, model):
        return ""

    def write_consequences(self, record, changed):
        notify_users(self.notified, self.notice, record, changed, self.form)


def notify_users(ids: Iterable[int], kind: str, record: Operation, leads: list[int], form: str) -> None:
    """Notify the active users among these of the leads that they see, except the one who did it."""
    for user in User.objects.active().with_rights().filter(pk__in=list(ids)).exclude(pk=record.by_id):
        if seen := get_ids_visible_to(user, Lead, leads):
            create_notification(user, kind, record, seen, table=Lead.table, form=form)
