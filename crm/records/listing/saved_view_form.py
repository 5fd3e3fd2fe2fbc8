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
        choices: list[tuple[str, Any]] = [("", _("Only me"))]
        if user.has_perm("crm.share_view"):
            choices += [choice for audience in AUDIENCES for choice in audience(user)]
        self.fields["audience"].choices = choices
        if self.instance.department_id:
            self.initial["audience"] = f"department-{self.instance.department_id}"
        elif self.instance.role_id:
            self.initial["audience"] = f"role-{self.instance.role_id}"
        self.initial["keep_columns"] = bool(self.instance.columns)

    @property
    def may_share(self) -> bool:
        """Whether the view can be visible to others."""
        return len(self.fields["audience"].choices) > 1

    def save(self, commit=True) -> SavedView:
        view: SavedView = super().save(commit=False)
        audience, _dash, number = self.cleaned_data["audience"].partition("-")
        view.department_id = int(number) if audience == "department" else None
        view.role_id = int(number) if audience == "role" else None
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
