"""The form of an assignment rule. Its conditions are composed on a page of their own, as the filters of a list are."""

import json
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.rendering.html_building import html
from crm.records.editing.conditions_form import ConditionsFormMixin
from crm.records.editing.settings_form import SettingsForm
from leads.assignment.role_choices import (
    FIELDS,
    build_choice_field,
    get_outsider_names,
    get_people_choices,
    get_role_choices,
)
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import AssignmentRule

Rule = AssignmentRule


def _render_shown_if(*ways: str) -> str:
    """The attribute of a field that the page shows for these ways to assign leads (static/js/shown-if.js)."""
    return html(' data-shown-if="{}"', json.dumps({"assigns_to": ways}))


class AssignmentRuleForm(ConditionsFormMixin, SettingsForm):
    """`asked` are the conditions in the URL, as the query of a list; without them, those of the rule."""

    table = Rule.table
    new_title = _("New assignment rule")

    conditions = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Rule
        fields: ClassVar = [
            "name",
            "turned_on",
            "ways",
            "assigns_to",
            "user",
            "department",
            "roles",
            "people",
            "most_open",
            "present",
            "otherwise",
        ]
        widgets: ClassVar = {"assigns_to": forms.RadioSelect, "otherwise": forms.RadioSelect}

    def __init__(self, *arguments, viewer: User, asked: str | None = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.viewer, self.kind = viewer, get_leads_kind()
        own: Any = Rule._meta.get_field("ways")
        self.fields["ways"] = forms.MultipleChoiceField(
            label=capfirst(own.verbose_name),
            choices=Rule.Way.choices,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"}),
            initial=Rule.Way.values,
        )
        # In lists of words, the same labels begin small.
        for name in ("ways", "assigns_to", "present", "otherwise"):
            choices = self.fields[name].choices
            self.fields[name].choices = [(code, capfirst(label)) for code, label in choices]
        if self.is_new:
            self.initial["ways"] = Rule.Way.values
        self._offer_people()
        # Without JavaScript both are shown; the one that isn't used is ignored.
        self.fields["user"].when = _render_shown_if(Rule.To.USER)
        for name in ("department", *FIELDS):
            self.fields[name].when = _render_shown_if(Rule.To.IN_TURN, Rule.To.FEWEST)
        self.fill_conditions(asked)

    def _offer_people(self) -> None:
        """Colleagues who can be assigned leads, and departments in use; those that the rule has already stay offered."""
        people = User.objects.assignable_by(self.viewer).values("pk")
        kept = Q(pk=self.instance.user_id or 0)
        names = get_labels_by_id(User, self.viewer)
        self.fields["user"].queryset = User.objects.filter(Q(pk__in=people) | kept).by_name()
        self.fields["user"].label_from_instance = lambda user: names.get(user.pk, _now("another user"))
        departments = Department.objects.active().visible_to(self.viewer)
        self.fields["roles"] = build_choice_field("roles", get_role_choices(self.instance))
        self.fields["people"] = build_choice_field("people", get_people_choices(self.instance, self.viewer))
        its = Department.objects.filter(pk=self.instance.department_id or 0)
        self.fields["department"].queryset = (departments | its).by_name()
        # One of them is required, so neither offers none.
        self.fields["user"].empty_label = self.fields["department"].empty_label = _("Choose…")

    def same_names_queryset(self):
        return Rule.objects.active()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("assigns_to") == Rule.To.USER:
            data |= {"department": None, "roles": [], "people": []}
            if not data.get("user") and "user" not in self.errors:
                self.add_error("user", _now("Choose a user."))
        elif data.get("assigns_to"):
            data["user"] = None
            if data.get("department"):
                self._refuse_outsiders(data)
            elif "department" not in self.errors:
                self.add_error("department", _now("Choose a department."))
        return data

    def _refuse_outsiders(self, data: dict[str, Any]) -> None:
        department = data["department"]
        if names := get_outsider_names(data.get("people", []), self.instance, department, self.viewer):
            text = _now("These users aren’t active members of %(department)s: %(names)s.")
            self.add_error("people", text % {"department": department.name, "names": ", ".join(names)})

    def save(self, commit=True) -> Any:
        if self.may_change_conditions:
            self.instance.conditions = self.cleaned_data["conditions"]
        if self.is_new:
            self.instance.position = len(Rule.objects.active())
        return super().save(commit)

    def get_translated_texts(self) -> dict[str, str]:
        return {}
