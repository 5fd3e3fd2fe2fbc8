"""The bulk actions on records with an owner and a department: assign, change department, share."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.ownership import verbs
from accounts.ownership.reassignment_effects import (
    describe_effects_of_department,
    describe_effects_of_owner,
)
from crm.platform.text.text_folding import fold_text
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.request_cache import read_cached
from crm.records.editing.bulk_actions import BulkAction, NoForm


class OwnerForm(Form):
    # The sentence is that of the form of a record, whose choices are rows.
    owner = forms.ChoiceField(
        label=_("Owner"),
        error_messages={"invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]},
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["owner"].choices = [
            ("", _("Choose…")),
            ("none", _("Unassigned")),
            *get_owner_choices(user),
        ]

    def clean_owner(self) -> User | None:
        value = self.cleaned_data["owner"]
        return None if value == "none" else User.objects.active().get(pk=value)


def get_owner_choices(user) -> list[tuple[str, str]]:
    """The users to whom this user may assign records: active colleagues with a department, themselves first."""
    rows = read_cached(f"assignable by {user.pk}", lambda: list(User.objects.assignable_by(user)))
    colleagues = [row for row in rows if row.pk != user.pk]
    names = [(str(row.pk), row.name) for row in sorted(colleagues, key=lambda row: fold_text(row.name))]
    mine = [(str(user.pk), _("%(name)s (you)") % {"name": user.name})] if user.department_ids else []
    return mine + names


class DepartmentForm(Form):
    department = forms.ModelChoiceField(Department.objects.active().by_name(), label=_("Department"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


ASSIGN = BulkAction(
    "assign",
    _("Assign"),
    "person",
    "assign",
    OwnerForm,
    lambda data, user: verbs.Assign(data["owner"], user),
    front=True,
    foretold=describe_effects_of_owner,
)
CHANGE_DEPARTMENT = BulkAction(
    "department",
    _("Change department"),
    "company",
    "assign",
    DepartmentForm,
    lambda data, user: verbs.ChangeDepartment(data["department"]),
    foretold=describe_effects_of_department,
)
SHARE = BulkAction(
    "share", _("Share with everyone"), "share", "change", NoForm, lambda data, user: verbs.Share(True)
)
UNSHARE = BulkAction(
    "unshare", _("Stop sharing"), "share", "change", NoForm, lambda data, user: verbs.Share(False)
)
