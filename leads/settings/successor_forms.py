"""Small forms that ask for the successor of a status, a source, a tag or a pipeline."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Tag
from crm.web.forms import ChoiceOfLabels, Form
from leads.actions import reason_field
from leads.models import Source, Status
from leads.settings.retirement import successors_of


class SuccessorForm(Form):
    """Where the leads of a status or source go. It isn't asked if nothing uses it."""

    successor = ChoiceOfLabels(
        Status.objects.none(),
        label=_("Replacement"),
        help_text=_("Leads and saved views move to the replacement."),
    )
    reason = reason_field()
    remark = forms.CharField(label=_("Details"), max_length=500, required=False)

    def __init__(self, *arguments, row: Status | Source, used: bool, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.row = row
        self.others = successors_of(row)
        self.fields["successor"].queryset = type(row).objects.filter(
            pk__in=[other.pk for other in self.others]
        )
        self.fields["successor"].choices = [
            ("", _("Choose…")),
            *((other.pk, other.label) for other in self.others),
        ]
        if not any(getattr(other, "needs_reason", False) for other in self.others):
            del self.fields["reason"], self.fields["remark"]
        elif getattr(row, "needs_reason", False):
            self.fields["reason"].help_text = _("Leave empty to keep each lead’s reason.")
        if not used:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        successor: Any = data.get("successor")
        reason_known = data.get("reason") or getattr(self.row, "needs_reason", False)
        if getattr(successor, "needs_reason", False) and not reason_known:
            self.add_error("reason", _now("Choose a reason for %(status)s.") % {"status": successor.label})
        return data

    def chosen(self) -> dict[str, Any]:
        """The data for a Retirement: ids and plain texts."""
        data = self.cleaned_data
        ids = {name: data[name].pk for name in ("successor", "reason") if data.get(name)}
        return {**ids, "remark": data.get("remark", "")}


class MergeForm(Form):
    """The tag that another one is merged into."""

    into = forms.ModelChoiceField(Tag.objects.none(), label=_("Merge into"))

    def __init__(self, *arguments, tag: Tag, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["into"].empty_label = ""
        self.fields["into"].queryset = Tag.objects.active().exclude(pk=tag.pk).by_name()
