"""What follows a meeting that was held, or that no one came to: a note of it, and a task or another meeting."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.agenda import build_agenda
from crm.work.models.activity import LONGEST_TEXT, Activity
from crm.work.models.task import LONGEST_TITLE
from crm.work.tasks.calendar.new_entry import MEETING, TASK, NewEntryForm


class NextStepForm(NewEntryForm):
    """`said` is added to the text of the meeting. Without a title, there is no next step."""

    q = None  # type: ignore[assignment]
    title = forms.CharField(label=_("Next step"), max_length=LONGEST_TITLE, required=False)
    day = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput)
    said = forms.CharField(
        label=_("Notes of the meeting"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Added to the text of the meeting."),
    )

    def __init__(self, data=None, *, meeting: Activity, record: Any, viewer: Any, **keywords) -> None:
        initial = build_initial(meeting, record, viewer) if data is None else {}
        super().__init__(data, initial=initial, viewer=viewer, **keywords)
        self.meeting = meeting

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = data["said"] = data.get("said", "").strip()
        if len(self.meeting.text) + len(said) + 2 > LONGEST_TEXT:
            self.add_error("said", _now("The text of the meeting would be too long."))
        if data.get("title") and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _now("Choose a date."))
        if not data.get("title") and not said and "title" not in self.errors:
            self.add_error("title", _now("Enter the next step, or what was said."))
        return data

    def _check_meeting(self, data: dict[str, Any]) -> None:
        if data.get("title"):
            super()._check_meeting(data)

    @property
    def has_next_step(self) -> bool:
        return bool(self.cleaned_data["title"])

    @property
    def text_with_notes(self) -> str:
        return "\n\n".join(filter(None, [self.meeting.text, self.cleaned_data["said"]]))


def build_initial(meeting: Activity, record: Any, viewer: Any) -> dict[str, Any]:
    """After a no-show the same meeting again, with its agenda; else a task."""
    if not meeting.is_no_show:
        return {"what": TASK, "text": ""}
    same = {name: getattr(meeting, name) for name in ("minutes", "place", "invited")}
    text = meeting.text or build_agenda(KINDS[meeting.of], record, viewer)
    return {"what": MEETING, "title": meeting.subject, "text": text, **same}
