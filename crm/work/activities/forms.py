"""The small forms of activities; labels and limits are on the model."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.forms import FilesField
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.limits import get_max_bytes
from crm.platform.web.rendering.day_input import DayTimeInput
from crm.platform.web.rendering.form_rendering import Form, ModelForm
from crm.work.activities.requirements import (
    get_future_error,
    get_missing_fields,
    get_outcome_error,
    get_unused_fields,
)
from crm.work.activities.verbs import AddActivity
from crm.work.invitations.invitee_form import check_meeting
from crm.work.models.activity import LONGEST_TEXT, Activity

Type, Delivery, Plan = Activity.Type, Activity.Delivery, Activity.Plan
# Other types don't have these.
OF_MEETINGS = ("subject", "place", "invited")
LONGEST_ADDRESSES = 5_000
# The types that are added with the form on the page of a record; an email has a page of its own.
WRITTEN = (Type.NOTE, Type.CALL, Type.MEETING, Type.FILE)
# A page that was left open isn't a call that goes on.
LONGEST_CALL = timedelta(hours=4)


class WhenInput(DayTimeInput):
    """To the minute."""

    def write(self, value):
        return super().write(value.replace(second=0))


class ActivityForm(ModelForm):
    """For a new activity and for one that exists; fields that its type doesn't have are ignored. Any new activity can have
    files. `dropped` says why an upload was dropped while it arrived (crm/platform/excel/reading/upload_handlers.py), or is ''."""

    attachments = FilesField()

    invite = forms.BooleanField(
        label=_("Send an invitation by email"),
        required=False,
        help_text=_("Choose a time in the future, and how long the meeting takes. The text isn’t sent."),
    )
    # When the number was dialed on the page; the length of the call follows from it.
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Activity
        fields = ["type", "text", "outcome", "at", "minutes", "subject", "place", "invited"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "at": WhenInput,
            "invited": forms.TextInput(attrs={"maxlength": LONGEST_ADDRESSES}),
        }
        help_texts = {"invited": _("Email addresses, separated by commas.")}

    def __init__(self, *arguments, dropped: str = "", invitee: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.dropped = dropped
        self._set_initial_invitation(invitee)
        self.fields["at"].required = False
        self.fields["type"].required = False
        self.fields["type"].choices = self.get_type_choices()
        outcomes = self.fields["outcome"].choices
        # A program sends back the outcome of a planned meeting. Emails aren't edited.
        others = {*Delivery.values, *({*Plan.values} - self._get_meeting_outcomes())}
        self.fields["outcome"].choices = [pair for pair in outcomes if pair[0] not in others]
        # A meeting can be planned; everything else has happened.
        kind = self.data.get(self.add_prefix("type")) or self.instance.type
        self.fields["at"].widget.looks_back = kind != Type.MEETING
        if self.instance.pk:
            del self.fields["type"], self.fields["attachments"]
        else:
            # Empty means now.
            self.initial["at"] = (keywords.get("initial") or {}).get("at") or None

    def _set_initial_invitation(self, invitee: str) -> None:
        if self.instance.invited:
            self.fields["invite"].label = _now("Send the change to those invited")
            self.fields["invite"].help_text = _now("The text isn’t sent.")
            self.initial["invite"] = True
        else:
            self.initial.setdefault("invited", "")
            self.initial["invited"] = self.initial["invited"] or invitee

    def _get_meeting_outcomes(self) -> set[str]:
        """What may be sent for this activity: that no one came, and what it has."""
        is_meeting = self.instance.type == Type.MEETING
        return {Plan.NO_SHOW.value, self.instance.outcome} if is_meeting else set()

    def get_outcome_choices(self) -> list[tuple[str, Any]]:
        return Activity.Outcome.choices

    def get_type_choices(self) -> list[tuple[str, Any]]:
        return [(type.value, capfirst(type.label)) for type in WRITTEN]

    def get_max_file_bytes(self) -> int:
        """Bytes of a file."""
        return get_max_bytes()

    def clean_at(self) -> Any:
        at, kind = self.cleaned_data["at"], self.cleaned_data.get("type") or self.instance.type
        if kind != Type.MEETING and (too_late := get_future_error(at)):
            raise ValidationError(too_late)
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("type") or self.instance.type or Type.NOTE
        data["type"] = kind
        data["text"] = (data.get("text") or "").strip()
        for name, words in get_missing_fields(kind, data):
            if name not in self.errors:
                self.add_error(name, words)
        data |= get_unused_fields(kind)
        if kind != Type.CALL:
            data["outcome"] = self._clean_meeting_outcome(data) if self.instance.pk else ""
        if kind == Type.MEETING:
            check_meeting(self, data)
        else:
            data |= dict.fromkeys(OF_MEETINGS, "")
        if kind == Type.CALL and (started := _parse_moment(data.get("started"))):
            self._fill_in_call_times(data, started)
        if "attachments" in self.fields:
            self._check_files(kind, data)
        return data

    def _clean_meeting_outcome(self, data: dict[str, Any]) -> str:
        """That of an activity that exists. People and programs say only whether anyone came to a meeting that has begun."""
        before, sent = self.instance.outcome, data.get("outcome")
        if self.instance.type != Type.MEETING or "outcome" not in self.data or sent == before:
            return before
        if sent != Plan.NO_SHOW:
            return "" if before == Plan.NO_SHOW else before
        if problem := get_outcome_error(Type.MEETING, sent, data.get("at") or self.instance.at):
            self.add_error("outcome", problem)
        return sent

    def _fill_in_call_times(self, data: dict[str, Any], started: datetime) -> None:
        """Time and minutes of a call that was dialed on the page, as far as the user hasn't entered them."""
        took = timezone.now() - started
        if timedelta() <= took <= LONGEST_CALL:
            data["at"] = data.get("at") or started
            data["minutes"] = data.get("minutes") or max(1, round(took.total_seconds() / 60))

    def _check_files(self, kind: str, data: dict[str, Any]) -> None:
        name = "attachments"
        if self.dropped:
            self.add_error(name, get_refusal_sentence(self.dropped))
        elif kind == Type.FILE and not data.get(name) and name not in self.errors:
            self.add_error(name, _now("Choose a file."))
        if self.errors and self.files:
            # A browser never sends a page back with files in its form.
            self.add_error(name, _now("Choose the files again."))

    def build_verb(self, by, files: Sequence[KeptFile]) -> AddActivity:
        data = self.cleaned_data
        values = data["type"], data["text"], data["outcome"], data["minutes"], data["at"]
        return AddActivity(by, *values, tuple(files), **{name: data[name] for name in OF_MEETINGS})

    def get_changes(self, before: Activity) -> dict[str, Any]:
        """What differs from the activity; an empty time leaves it as it is."""
        names = ["text", "outcome", "minutes", *(["at"] if self.cleaned_data["at"] else [])]
        names += OF_MEETINGS if before.type == Type.MEETING else []
        found = {name: self.cleaned_data[name] for name in names}
        # The form has no seconds.
        if "at" in found and found["at"] == before.at.replace(second=0, microsecond=0):
            del found["at"]
        return {name: value for name, value in found.items() if value != getattr(before, name)}


def _parse_moment(text: str | None) -> datetime | None:
    """What the script of the page sent; None for anything that isn't a moment."""
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    return found if found and found.tzinfo else None


class BulkNoteForm(Form):
    text = forms.CharField(label=_("Note"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


class BulkCallForm(Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Activity.Outcome.choices)
    text = forms.CharField(
        label=_("Note"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
