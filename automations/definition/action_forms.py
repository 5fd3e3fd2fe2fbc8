"""The forms of actions that no bulk action has: a task that is due some working days later, notifying people, sending an email, calling
a webhook, and starting and stopping a sequence, which is for one record type, so each has its form."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.working_time.calendar import Calendars
from automations.outgoing.template_email import SendTemplateEmail
from automations.outgoing.webhook_call import CallWebhook
from automations.verbs import NotifyPeople
from crm.models import Template, Webhook
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from crm.work.tasks.actions import BulkTaskForm, build_add_task_verb
from crm.work.tasks.forms import get_user_choices
from crm.work.tasks.verbs import AddTask
from mailboxes.sending.sender_routes import DEPARTMENT, OWN
from sequences.models import Sequence
from sequences.models.sequence import SEQUENCED
from sequences.verbs import StartSequence, StopSequence

MOST_DAYS = 365
LONGEST_NOTICE = 120
# Among users, the owner of each record.
OWNER = "owner"


class PlannedTaskForm(BulkTaskForm):
    """The task of a bulk change, but due some working days after it is added."""

    days = forms.IntegerField(
        label=_("Due in working days"),
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        help_text=_("0 means the same day, or the next working day. Empty means no due date."),
    )
    field_order = ("title", "days", "due_time", "user", "type")

    due_on: Any = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("days") is not None:
            # Of the bulk form, which compares it with the time of day.
            data["due_on"] = timezone.localdate()
        if data.get("due_time") and data.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Enter a number of days for this time."))
            data.pop("due_time")
        data = super().clean()
        data.pop("due_on", None)
        return data


def get_due_day(user: Any, days: int) -> date:
    """Today by the user's calendar, and so many working days later; for 0, today or the next working day."""
    calendar = Calendars().get_for_user(user)
    day = calendar.add_working_days(timezone.localdate(timezone=calendar.zone), days)
    return calendar.get_next_working_day(day)


def build_task_verb(data: dict[str, Any], user: Any) -> AddTask:
    due = None if data["days"] is None else get_due_day(user, data["days"])
    return build_add_task_verb({**data, "due_on": due}, user)


class NotifyForm(Form):
    """Users, and the owner of each record."""

    people = forms.MultipleChoiceField(
        label=_("Notify"), widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"})
    )
    text = forms.CharField(label=_("Message"), max_length=LONGEST_NOTICE, required=False)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        named = [(str(pk), name) for pk, name in get_user_choices(user)]
        self.fields["people"].choices = [(OWNER, _("The owner of each record")), *named]


def build_notify_verb(data: dict[str, Any], user: Any) -> NotifyPeople:
    people: Any = get_user_model()._default_manager
    chosen = [pk for pk in data["people"] if pk != OWNER]
    users = tuple(people.with_rights().filter(pk__in=chosen).order_by("pk"))
    return NotifyPeople(users, OWNER in data["people"], data["text"])


class EmailForm(Form):
    """A shared template, because the automation's owner may be someone else than whoever sets it up."""

    template = forms.ModelChoiceField(
        Template.objects.active().of_type(Template.Type.EMAIL).shared().by_name(),
        label=_("Template"),
        empty_label=_("Choose…"),
        help_text=_("Email templates that are shared with everyone, in Settings → Templates."),
    )
    sender = forms.ChoiceField(
        label=pgettext_lazy("an email", "From"),
        choices=[
            (DEPARTMENT, _("the mailbox of the record’s department")),
            (OWN, _("the mailbox of the automation’s owner")),
        ],
        help_text=_("Without this mailbox, the email is sent as any other email of the owner."),
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


def build_email_verb(data: dict[str, Any], user: Any) -> SendTemplateEmail:
    return SendTemplateEmail(user, data["template"], data["sender"])


class WebhookForm(Form):
    """One of those that the user may change: who decides when it is called decides what is sent there."""

    webhook = forms.ModelChoiceField(
        Webhook.objects.none(),
        label=_("Webhook"),
        empty_label=_("Choose…"),
        help_text=_(
            "It’s called once for each change of the automation, with the records that its user can view."
        ),
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        if user.has_perm("crm.view_webhook"):
            rows = Webhook.objects.changeable_by(user).select_related("user")
            self.fields["webhook"].queryset = rows.order_by("url", "pk")


def build_webhook_verb(data: dict[str, Any], user: Any) -> CallWebhook:
    return CallWebhook(data["webhook"])


class StartSequenceForm(Form):
    """Also one that is turned off: while it is, the log says so."""

    table_of: str

    sequence = ChoiceOfLabels(
        Sequence.objects.none(),
        label=_("Sequence"),
        empty_label=_("Choose…"),
        help_text=_("Records that were in it before aren’t put into it again."),
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = get_sequence_choices(self.table_of)


class StopSequenceForm(Form):
    table_of: str

    sequence = ChoiceOfLabels(
        Sequence.objects.none(), label=_("Sequence"), empty_label=_("Any sequence"), required=False
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = get_sequence_choices(self.table_of)


def get_sequence_choices(table: str) -> Any:
    return Sequence.objects.active().of_type(table).in_order()


def build_start_sequence_verb(data: dict[str, Any], user: Any) -> StartSequence:
    return StartSequence(data["sequence"], user)


def build_stop_sequence_verb(data: dict[str, Any], user: Any) -> StopSequence:
    return StopSequence(data["sequence"])


START_FORMS = {
    table: type(f"StartSequenceOf{table.title()}", (StartSequenceForm,), {"table_of": table})
    for table in SEQUENCED
}
STOP_FORMS = {
    table: type(f"StopSequenceOf{table.title()}", (StopSequenceForm,), {"table_of": table})
    for table in SEQUENCED
}
