"""The form of a record with an owner and a department: fills in both, and returns what has changed."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.ownership.actions import get_owner_choices
from accounts.ownership.owners import get_department_for_owner, get_owner_label
from crm.fields.amount_input import AmountInput, get_other_currency_error
from crm.fields.custom.unique.taken_values import get_taken_sentences
from crm.fields.custom.values.record_form_fields import (
    add_custom_fields,
    apply_built_in_changes,
    clean_custom_values,
)
from crm.fields.model_fields import MoneyField
from crm.fields.types.phones import get_phone_field_names, normalize_phones
from crm.fields.types.record_links import offer_links
from crm.models import Tag
from crm.platform.excel.parsing.emails_and_phones import tidy_phone
from crm.platform.text.email_addresses import tidy_email
from crm.platform.web.rendering.form_rendering import ModelForm, is_offered
from crm.platform.web.request_cache import read_cached

# An emergency number has three.
FEWEST_DIGITS = 3


def get_initial_ownership(user: User) -> dict[str, Any]:
    """The defaults for a new record: the user, and their first department."""
    department = Department.objects.active().filter(pk__in=user.department_ids[:1]).first()
    return {"department": department, "owner": user.pk if department else None}


class KeptField(forms.Field):
    """A field that a form doesn't ask for: its value stays."""

    def __init__(self, held: Any) -> None:
        super().__init__(required=False, disabled=True)
        self.held = held

    def clean(self, value):
        return self.held


class RecordForm(ModelForm):
    """A new record, or all fields of one. `get_changes()` are the values that differ from those the form was rendered with.

    `sent` are the fields that a program sends; None for the form on a page.
    """

    tags = forms.TypedMultipleChoiceField(
        label=_("Tags"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments, user: User, sent: Collection[str] | None = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user, self.sent = user, sent
        self._offer_tags()
        self._offer_people()
        offer_links(self, user)
        for name, target in self._get_currency_fields().items():
            self.fields[name].names_currency = sent is None and target in self.fields
        apply_built_in_changes(self)
        self.custom = add_custom_fields(self)
        if not user.has_perm(self._meta.model.get_right("assign")):
            self._restrict_owner_choice()

    @property
    def is_new(self) -> bool:
        return self.instance.pk is None

    def _offer_tags(self) -> None:
        if not is_offered(self, "tags"):
            return
        held, rows = self.instance.tags, read_cached("tags in order", lambda: list(Tag.objects.in_order()))
        self.fields["tags"].choices = [
            (tag.pk, tag.name) for tag in rows if not tag.retired or tag.pk in held
        ]

    def _offer_people(self) -> None:
        """The choices: active rows, and the record's current values, also if nobody may choose them any more."""
        own = self.instance.department_id
        if is_offered(self, "department"):
            if self.user.has_perm(self._meta.model.get_right("assign")):
                departments = Department.objects.active_or(own)
            else:
                departments = Department.objects.offered_to(self.user, own)
            self.fields["department"].queryset = departments.by_name()
        if not is_offered(self, "owner"):
            return
        offered = [int(value) for value, _label in get_owner_choices(self.user)]
        owner = self.fields["owner"]
        owner.queryset = User.objects.filter(pk__in=[*offered, self.instance.owner_id or 0])
        owner.label_from_instance = get_owner_label

    def _restrict_owner_choice(self) -> None:
        """Without permission to assign, a new record is the user's own or unassigned, and an existing one keeps its
        owner."""
        if self.is_new:
            self.fields["owner"].queryset = User.objects.filter(pk=self.user.pk)
        else:
            self.fields["owner"].disabled = self.fields["department"].disabled = True

    def restrict_to_fields(self, asked: Collection[str]) -> None:
        """Ask for these fields only; of all others, the record keeps its values, whatever is sent."""
        for name in self.fields.keys() - set(asked):
            held = getattr(self.instance, name) if name not in self.custom else self.initial.get(name)
            self.fields[name] = KeptField(held)
        for name in set(asked) & self.fields.keys():
            self.fields[name].when = ""

    @property
    def _kept_names(self) -> set[str]:
        return {name for name, field in self.fields.items() if isinstance(field, KeptField)}

    def add_error(self, field, error) -> None:
        """An error of a field that the form doesn't ask for stands above it, with the name of the field."""
        if field in self._kept_names:
            words = {"field": self._meta.model._meta.get_field(field).verbose_name, "error": error}
            field, error = None, _now("%(field)s: %(error)s") % words
        super().add_error(field, error)

    def _get_validation_exclusions(self) -> set[str]:
        """What is kept isn't judged again."""
        return super()._get_validation_exclusions() | self._kept_names  # type: ignore[misc]

    def clean_tags(self) -> list[int]:
        return sorted(self.cleaned_data["tags"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in data:
            field = self.fields[name]
            if isinstance(field, forms.EmailField):
                data[name] = tidy_email(data[name])
        self._check_currencies(data)
        self._check_phones(data)
        self._check_unique(data)
        owner, department = data.get("owner"), data.get("department")
        if (
            owner
            and department
            and {"owner", "department"} & set(self.changed_data)
            and "owner" not in self.errors
        ):
            self._set_department_for_owner(owner, department)
        return data

    def _clean_form(self) -> None:
        """Custom fields come last, because their departments and deciding fields must be known."""
        super()._clean_form()  # type: ignore[misc]
        clean_custom_values(self, self.cleaned_data)

    def _get_currency_fields(self) -> dict[str, str]:
        """The fields with an amount, and those with its currency."""
        fields = self._meta.model._meta.concrete_fields
        return {
            row.name: row.currency_field
            for row in fields
            if isinstance(row, MoneyField) and row.name in self.fields
        }

    def _check_currencies(self, data: dict[str, Any]) -> None:
        """An amount such as $500 has the currency of its sign."""
        for name, target in self._get_currency_fields().items():
            field = self.fields[name]
            named = field.currencies if isinstance(field, AmountInput) else ()
            if sentence := get_other_currency_error(named, str(data.get(target) or "")):
                self.add_error(name, sentence)

    def _check_phones(self, data: dict[str, Any]) -> None:
        """Phones must have digits. Values from programs and files stay as they are until someone changes them."""
        for name in get_phone_field_names(self._meta.model):
            text = data.get(name) or ""
            if self.sent is None and name in self.changed_data:
                text = data[name] = tidy_phone(text)
            if (
                text
                and name in self.changed_data
                and sum(letter.isdecimal() for letter in text) < FEWEST_DIGITS
            ):
                self.add_error(name, _now("Enter a phone number, like +40 722 123 456."))

    def _check_unique(self, data: dict[str, Any]) -> None:
        """No other record may have the value of a unique field."""
        values = {name: data[name] for name in self.custom if name in data}
        for name, sentence in get_taken_sentences(
            self._meta.model, values, self.user, self.instance.pk
        ).items():
            self.add_error(name, sentence)

    def _set_department_for_owner(self, owner: User, department: Department) -> None:
        """A new owner brings their department; if only the department is new, the record doesn't stay with an owner
        outside it. A record whose owner has left its department stays as it is until either is changed."""
        if department.pk in owner.department_ids:
            return
        if self.instance.pk and self.initial.get("owner") == owner.pk and "department" in self.changed_data:
            words = _now("%(owner)s isn’t in this department. Choose another owner or “Unassigned”.")
            self.add_error("department", words % {"owner": owner})
        else:
            self.cleaned_data["department"] = get_department_for_owner(owner, department)

    def get_values(self) -> dict[str, Any]:
        """All cleaned values of a new record, with the normalized forms of its phones."""
        return self._with_phones({name: self.cleaned_data[name] for name in self._field_names})

    def get_changes(self) -> dict[str, Any]:
        """Only the values that differ from those the form was rendered with."""
        return self._with_phones({name: self.cleaned_data[name] for name in self.get_changed_fields()})

    def _with_phones(self, data: dict[str, Any]) -> dict[str, Any]:
        return data | normalize_phones(self._meta.model, data, str(self.cleaned_data["department"].country))

    def get_changed_fields(self) -> list[str]:
        return [
            name
            for name in self._field_names
            if get_comparison_key(self.cleaned_data[name]) != get_comparison_key(self.initial.get(name))
        ]

    @property
    def _field_names(self) -> list[str]:
        """The fields of the model and the custom ones."""
        return [*(self._meta.fields or []), *self.custom]


def get_comparison_key(value: Any) -> Any:
    """A value for comparison: a row by ID, a country by code, empty values as nothing."""
    value = getattr(value, "pk", None) or getattr(value, "code", value)
    return None if value in ("", []) else value
