"""Small forms that ask for the successor of a status, a source, a tag or a pipeline."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from leads.actions import build_reason_field
from leads.models import Source, Status
from leads.settings.merge import RowMerge
from leads.settings.retirement import get_possible_successors
from leads.settings.settings_tables import SettingsTable


def needs_reason(row: Any) -> bool:
    """Whether records that get it need a lost reason. Only statuses do."""
    return isinstance(row, Status) and row.needs_reason


class SuccessorForm(Form):
    """Where the records of a status or source go. It isn't asked if nothing uses it."""

    successor = ChoiceOfLabels(
        Status.objects.none(),
        label=_("Replacement"),
        help_text=_("Records, saved views and assignment rules move to the replacement."),
    )
    reason = build_reason_field()
    remark = forms.CharField(label=_("Details"), max_length=500, required=False)

    def __init__(self, *arguments, row: Status | Source, used: bool, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.row = row
        self.others = get_possible_successors(row)
        self.fields["successor"].queryset = type(row).objects.filter(
            pk__in=[other.pk for other in self.others]
        )
        self.fields["successor"].choices = [
            ("", _("Choose…")),
            *((other.pk, other.label) for other in self.others),
        ]
        if not any(map(needs_reason, self.others)):
            del self.fields["reason"], self.fields["remark"]
        elif needs_reason(row):
            self.fields["reason"].help_text = _("Leave empty to keep each record’s reason.")
        if not used:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        successor: Any = data.get("successor")
        reason_known = data.get("reason") or needs_reason(self.row)
        if needs_reason(successor) and not reason_known:
            self.add_error("reason", _now("Choose a reason for %(status)s.") % {"status": successor.label})
        return data

    def get_retirement_data(self) -> dict[str, Any]:
        """The data for a Retirement: ids and plain texts."""
        data = self.cleaned_data
        ids = {name: data[name].pk for name in ("successor", "reason") if data.get(name)}
        return {**ids, "remark": data.get("remark", "")}


class MergeForm(Form):
    """What one or several statuses, sources, tags or lost reasons are merged into; of several, it may be one of them."""

    into = ChoiceOfLabels(Status.objects.none(), label=_("Merge into"))
    reason = build_reason_field()
    remark = forms.CharField(label=_("Details"), max_length=500, required=False)

    def __init__(self, *arguments, kind: SettingsTable, rows: list, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind, self.rows = kind, rows
        self.others = get_merge_targets(kind, rows)
        self.fields["into"].queryset = kind.model.objects.filter(pk__in=[other.pk for other in self.others])
        named = [(other.pk, other.label) for other in self.others]
        self.fields["into"].choices = [("", _("Choose…")), *named]
        if not any(map(needs_reason, self.others)):
            del self.fields["reason"], self.fields["remark"]
        elif all(map(needs_reason, rows)):
            self.fields["reason"].help_text = _("Leave empty to keep each record’s reason.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        into: Any = data.get("into")
        merged = [row for row in self.rows if into and row.pk != into.pk]
        reason_known = data.get("reason") or all(map(needs_reason, merged))
        if needs_reason(into) and not reason_known:
            self.add_error("reason", _now("Choose a reason for %(status)s.") % {"status": into.label})
        return data

    def build_merge(self, channel: str = Operation.Channel.WEB) -> RowMerge:
        data = self.cleaned_data
        into, reason = data["into"].pk, data.get("reason")
        rows = tuple(row.pk for row in self.rows if row.pk != into)
        return RowMerge(self.kind, rows, into, reason.pk if reason else None, data.get("remark", ""), channel)


def get_merge_targets(kind: SettingsTable, rows: list) -> list:
    """What these can become: those in use, statuses only of the same pipeline."""
    found = kind.model.objects.active()
    if kind.table == "status":
        found = found.of_pipeline(rows[0].pipeline_id)
    elif kind.table == "lost_reason":
        found = found.for_people()
    found = found.exclude(pk=rows[0].pk) if len(rows) == 1 else found
    return list(found.in_order())
