"""The roles and members to whom a rule for a department is narrowed: in words, and the choices of its form."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Membership, Role, User
from crm.platform.sql.reference_tables import get_labels_by_id
from leads.models import AssignmentRule

# The fields of a rule, each with one choice for each row.
FIELDS = ("roles", "people")


def describe_chosen_people(rule: AssignmentRule, viewer: User) -> str:
    """The roles, then the users; those out of the viewer's sight have no names. '' if all members take part."""
    fields: list[Any] = [rule._meta.get_field(name) for name in FIELDS]
    texts = (field.type.format_value(field, getattr(rule, field.name), viewer) for field in fields)
    return ", ".join(filter(None, texts))


def build_choice_field(name: str, choices: list[tuple[int, str]]) -> forms.Field:
    own: Any = AssignmentRule._meta.get_field(name)
    return forms.TypedMultipleChoiceField(
        label=capfirst(own.verbose_name),
        help_text=own.help_text,
        coerce=int,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"}),
    )


def get_role_choices(rule: AssignmentRule) -> list[tuple[int, str]]:
    return [(row.pk, row.label) for row in Role.objects.active_or_held(rule.roles).by_name()]


def get_people_choices(rule: AssignmentRule, viewer: User) -> list[tuple[int, str]]:
    """Colleagues who can be assigned leads. Those that the rule has already stay, whether the viewer sees them or not."""
    names = get_labels_by_id(User, viewer)
    offered = User.objects.assignable_by(viewer).by_name()
    found = {row.pk: row.name for row in offered}
    return [
        *found.items(),
        *((pk, names.get(pk, _("another user"))) for pk in rule.people if pk not in found),
    ]


def get_outsider_names(people: list[int], rule: AssignmentRule, department: Any, viewer: User) -> list[str]:
    """The names of those who aren't active members of the department and were just chosen for it."""
    kept = rule.people if rule.department_id == department.pk else []
    members = Membership.objects.filter(department=department, user__is_active=True).values_list(
        "user", flat=True
    )
    others = set(people) - set(members) - set(kept)
    return [name for pk, name in get_people_choices(rule, viewer) if pk in others]
