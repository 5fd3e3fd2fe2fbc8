"""The forms of mailings: a new one with its records, its settings, and when it is sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from crm.models import SavedView
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.settings_form import SettingsForm
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.work.activities.forms import WhenInput
from customers.models import ConsentPurpose
from mailings.audience.audience import KINDS_OF_AUDIENCES, FaultyFilter, build_strict_list
from mailings.models import Mailing, MailingList

NOW, LATER = "now", "later"
ALL = "all"


class MailingForm(SettingsForm):
    """The settings of a draft; its content has a form of its own."""

    table = Mailing.table
    new_title = _("New mailing")
    unmarked = False

    class Meta:
        model = Mailing
        fields = [
            "department",
            "list",
            "purpose",
            "pause_days",
            "in_working_time",
            "skips_gaps",
            "most_bounces",
            "tracks_opens",
            "tracks_clicks",
        ]

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        _set_choices(self, user)

    def get_translated_texts(self) -> dict[str, str]:
        return {}


class SkipGapsForm(SettingsForm):
    """Leaves out the recipients with empty merge fields, and changes nothing else."""

    table = Mailing.table
    new_title = _("New mailing")

    class Meta:
        model = Mailing
        fields = ["skips_gaps"]

    def get_translated_texts(self) -> dict[str, str]:
        return {}


def _set_choices(form: SettingsForm, user) -> None:
    """The departments, lists and purposes of consent to choose from."""
    form.fields["department"].queryset = Department.objects.active().visible_to(user).by_name()
    form.fields["department"].required = True
    form.fields["list"].queryset = MailingList.objects.active_or(form.instance.list_id).by_name()
    purposes = ConsentPurpose.objects.active_or(form.instance.purpose_id).by_name()
    if purposes.exists():
        form.fields["purpose"].queryset = purposes
        form.fields["purpose"].empty_label = _now("Consent isn’t required")
    else:
        del form.fields["purpose"]


class NewMailingForm(SettingsForm):
    """Also the records that it is for, unless they are selected already, and whether they are chosen now or when it is
    sent. `query` is the filter that found the selected ones, or ''."""

    table = Mailing.table
    new_title = _("New mailing")
    unmarked = False
    records = forms.ChoiceField(label=_("List or saved view"))
    chosen = forms.ChoiceField(
        label=_("When to select the records"),
        choices=[
            (NOW, _("Now. Records that match later don’t get the mailing.")),
            (LATER, _("When sending begins. Records that match at that time get the mailing.")),
        ],
        initial=NOW,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Mailing
        fields = ["subject", "department", "list", "purpose"]

    def __init__(self, *arguments, user, selected: bool, query: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        _set_choices(self, user)
        if selected:
            del self.fields["records"]
        else:
            self.fields["records"].choices = get_audience_choices(user)
        if selected and not query:
            del self.fields["chosen"]

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    @property
    def chooses_later(self) -> bool:
        return self.cleaned_data.get("chosen") == LATER

    def clean_records(self) -> str:
        try:
            build_strict_list(*_parse_chosen_audience(self.cleaned_data["records"]), self.user)
        except FaultyFilter as faulty:
            raise forms.ValidationError(list(faulty.args)) from faulty
        return self.cleaned_data["records"]

    @property
    def chosen_records(self) -> tuple[Kind, str]:
        """The kind, and the filter of its list, "all=1" for all of them."""
        return _parse_chosen_audience(self.cleaned_data["records"])


def _parse_chosen_audience(chosen: str) -> tuple[Kind, str]:
    table, _colon, view = chosen.partition(":")
    query = "" if view == ALL else SavedView.objects.get(pk=view).query
    return KINDS[table], query or "all=1"


def get_audience_choices(user) -> list[tuple[str, Any]]:
    """The saved views of the kinds that mailings can be for, by kind."""
    groups: list[tuple[str, Any]] = [("", _now("Choose…"))]
    for table in KINDS_OF_AUDIENCES:
        kind = KINDS[table]
        if not user.has_perm(kind.get_right("view")):
            continue
        views = SavedView.objects.of_table(table).visible_to(user).in_order()
        choices = [
            (f"{table}:{ALL}", str(kind.words.all)),
            *((f"{table}:{row.pk}", row.name) for row in views),
        ]
        groups.append((str(capfirst(str(kind.words.many))), choices))
    return groups


class SendForm(Form):
    """`seen` is the digest of the recipients that the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    send_at = forms.DateTimeField(
        label=_("Send at"),
        required=False,
        widget=WhenInput,
        help_text=_("Leave it empty to send the mailing now."),
    )

    def clean_send_at(self) -> datetime | None:
        at = self.cleaned_data["send_at"]
        if at and at < timezone.now():
            raise forms.ValidationError(
                _now("Enter a time in the future, or leave it empty to send the mailing now.")
            )
        return at
