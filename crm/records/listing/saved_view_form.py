"""The form of a saved view: its name, who can see it, whether it keeps the columns."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import SavedView
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.kinds.kind_registry import Kind
from crm.records.tables.list_columns import get_column_widths, get_list_columns

# Who a view can be shared with: functions of a user that return ("department-3", label). The app that knows people
# adds them.
AUDIENCES: list[Callable[[Any], list[tuple[str, Any]]]] = []


def get_audience_choices(user: Any) -> list[tuple[str, Any]]:
    """Whom the user can share what they save with, after only themselves."""
    only_me: list[tuple[str, Any]] = [("", _("Only me"))]
    if not user.has_perm("crm.share_view"):
        return only_me
    return [*only_me, *(choice for audience in AUDIENCES for choice in audience(user))]


def get_audience(row: Any) -> str:
    """The choice that this row is shared by."""
    if row.department_id:
        return f"department-{row.department_id}"
    return f"role-{row.role_id}" if row.role_id else ""


def set_audience(row: Any, choice: str) -> None:
    """The row isn't saved."""
    audience, _dash, number = choice.partition("-")
    row.department_id = int(number) if audience == "department" else None
    row.role_id = int(number) if audience == "role" else None


class SavedViewForm(ModelForm):
    audience = forms.ChoiceField(label=_("Visible to"), required=False)
    keep_columns = forms.BooleanField(label=_("Save the current columns with this view"), required=False)

    class Meta:
        model = SavedView
        fields = ["name"]

    def __init__(self, *arguments, kind: Kind, user, query: str, seen: SavedView | None, **keywords) -> None:
        """`query` is the set to save; `seen` is the view whose columns the user is looking at, if they opened one."""
        super().__init__(*arguments, **keywords)
        self.kind, self.user, self.query, self.seen = kind, user, query, seen
        self.fields["audience"].choices = get_audience_choices(user)
        self.initial["audience"] = get_audience(self.instance)
        self.initial["keep_columns"] = bool(self.instance.columns)

    @property
    def may_share(self) -> bool:
        """Whether the view can be visible to others."""
        return len(self.fields["audience"].choices) > 1

    def save(self, commit=True) -> SavedView:
        view: SavedView = super().save(commit=False)
        set_audience(view, self.cleaned_data["audience"])
        view.query, view.table = self.query, self.kind.name
        if not view.owner_id:
            view.owner = self.user
            view.position = (
                SavedView.objects.of_table(self.kind.name).visible_to(self.user).get_next_position()
            )
        keeps = self.cleaned_data["keep_columns"]
        # The columns decide where the user's widths are, so they are read first.
        view.widths = get_column_widths(self.kind, self.user, self.seen) if keeps else {}
        view.columns = get_list_columns(self.kind, self.user, self.seen) if keeps else []
        view.save()
        return view
