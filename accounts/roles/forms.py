"""The forms of a role: its name, the scope of leads it sees, the grid of its permissions, and its two-step verification."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.roles.permissions import (
    PERMISSION_COLUMNS,
    SCOPE_LABELS,
    SCOPE_NAMES,
    PermissionRow,
    get_grantable_permissions,
    get_permission_rows,
    permissions_queryset,
)
from accounts.users.edit_conflicts import add_rendered_state_field, check_edit_conflict
from crm.platform.web.rendering.form_rendering import Form, ModelForm

TAKEN = gettext_lazy("A role with this name already exists.")


@dataclass(frozen=True)
class PermissionCheckbox:
    """A checkbox of the grid: the permission, its label, whether it is set, and whether the editor may change it."""

    name: str
    label: str | Promise
    checked: bool
    allowed: bool


class RoleForm(ModelForm):
    """A role as `by` may edit it: no permission and no scope beyond their own. Permissions outside the grid stay
    unchanged, and all of the Administrator's do. `difference` is what saving has changed of them."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Can view"),
        choices=[("", gettext_lazy("no records")), *SCOPE_LABELS],
        required=False,
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        choices=lambda: [(name, name) for name in get_grantable_permissions()],
        required=False,
    )

    class Meta:
        model = Role
        fields = ["name", "second_factor_days"]
        error_messages = {"name": {"unique": TAKEN}}

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.by = by
        self.held, self.days = self.instance.permission_names, self.instance.second_factor_days
        scopes = [name for name in SCOPE_NAMES if name in self.held]
        self.initial.update(
            scope=scopes[-1] if scopes else "",
            rights=list(self.held & set(get_grantable_permissions())),
            name=self.instance.label,
        )
        for name in ("name", "scope", "rights"):
            self.fields[name].disabled = self.instance.is_administrator
        add_rendered_state_field(self)

    def clean_name(self) -> str:
        # An unchanged shipped name is still translated into each reader's language.
        name = self.cleaned_data["name"]
        return self.instance.name if name == self.instance.label else name

    def clean_scope(self) -> str:
        scope = self.cleaned_data["scope"]
        if scope and scope not in self.by.rights:
            raise forms.ValidationError(_("You can’t grant more access than you have."))
        return scope

    def clean_rights(self) -> list[str]:
        rights = self.cleaned_data["rights"]
        if set(rights) - self.by.rights:
            raise forms.ValidationError(_("You can only grant permissions that you have."))
        return rights

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        self.holds = check_edit_conflict(self)
        return cleaned

    def save(self, commit=True) -> Role:
        role = self.instance
        if self.has_other_days:
            days = role.second_factor_days
            role.second_factor_from = None if days is None else timezone.now() + timedelta(days=days)
        super().save()
        wanted = self.held if role.is_administrator else self._get_wanted_permissions()
        role.permissions.set(permissions_queryset(wanted))
        self.difference = {"added": sorted(wanted - self.held), "removed": sorted(self.held - wanted)}
        return role

    @property
    def has_other_days(self) -> bool:
        """The days to set up two-step verification count from now; saving the same number again keeps the day."""
        return self.instance.second_factor_days != self.days

    def _get_wanted_permissions(self) -> set[str]:
        outside = self.held - set(get_grantable_permissions()) - set(SCOPE_NAMES)
        scope = self.cleaned_data["scope"]
        return outside | set(self.cleaned_data["rights"]) | ({scope} if scope else set())

    def get_scope_checkboxes(self) -> list[PermissionCheckbox]:
        chosen = self["scope"].value()
        return [
            PermissionCheckbox(name, label, name == chosen, not name or name in self.by.rights)
            for name, label in self.fields["scope"].choices
        ]

    def build_permission_grid(
        self,
    ) -> list[tuple[PermissionRow, list[PermissionCheckbox | None], list[PermissionCheckbox]]]:
        """The four standard checkboxes of each row, None if there is no such permission, and its special ones."""
        chosen = set(self["rights"].value() or [])

        def cell(name: str, label) -> PermissionCheckbox:
            return PermissionCheckbox(name, label, name in chosen, name in self.by.rights)

        return [
            (
                row,
                [
                    cell(row.get_permission_name(action), label) if action in row.standard else None
                    for action, label in PERMISSION_COLUMNS
                ],
                [cell(name, label) for name, label in row.special],
            )
            for row in get_permission_rows()
        ]


class NewRoleForm(Form):
    """A new role starts as a copy of another one; its page then shows the grid."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    copied = forms.ModelChoiceField(
        Role.objects.none(),
        label=gettext_lazy("Copy permissions from"),
        help_text=gettext_lazy("You can change the permissions on the next page."),
    )

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["copied"].queryset = Role.objects.active().grantable_by(by).by_name()
        self.fields["copied"].empty_label = gettext_lazy("Choose…")

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Role.objects.with_name(name).exists():
            raise forms.ValidationError(TAKEN)
        return name

    def save(self) -> Role:
        role = Role.objects.create(name=self.cleaned_data["name"])
        role.permissions.set(self.cleaned_data["copied"].permissions.all())
        return role
