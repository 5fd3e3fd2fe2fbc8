"""What a web form asks: its questions, in steps, and which fields of a lead it may ask for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.fields.custom.values.field_registry import get_custom_fields, is_written_as_text
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.fields.models.custom_field import CustomField
from crm.platform.web.request_cache import read_cached_in_block
from leads import fields
from leads.models import Lead

# Fields that a visitor fills in; the others are decided by the form or by users.
BUILT_IN = [*fields.FORM["who"], *fields.FORM["where"], "description", "value"]
CONSENTS, FILES = ("consent", "consent_2"), "files"
# Not fields of a lead.
OTHERS = {
    "consent": _lazy("Consent"),
    "consent_2": _lazy("Second consent"),
    FILES: _lazy("File upload"),
}
# A lead needs at least one of these.
NAMES = ("first_name", "last_name", "company", "email", "phone", "mobile")
# The types of custom fields that list what only colleagues may see.
HIDDEN = (CustomField.Type.USER, CustomField.Type.LINK)
# The questions of a new form.
AT_FIRST = ("first_name", "last_name", "email", "phone", "description")


@dataclass(frozen=True)
class FormQuestion:
    """`if_field` and `if_value` say for which answer to another question it is asked. A `hidden` one is filled from the
    parameter of the page's address, or else with the default. `version` counts the texts of a consent, and
    `purpose` is the number of what it is a consent to."""

    field: str
    label: str = ""
    help: str = ""
    required: bool = False
    step: int = 1
    if_field: str = ""
    if_value: str = ""
    hidden: bool = False
    parameter: str = ""
    default: str = ""
    version: int = 1
    purpose: int = 0

    @property
    def is_consent(self) -> bool:
        return self.field in CONSENTS

    @property
    def is_of_lead(self) -> bool:
        return self.field not in OTHERS

    @property
    def shown_label(self) -> str:
        return self.label or get_question_label(self.field)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def get_initial_questions() -> list[dict[str, Any]]:
    return [FormQuestion(name, required=name == "email").as_json() for name in AT_FIRST]


def get_usable_questions(stored: Sequence[Mapping[str, Any]]) -> list[FormQuestion]:
    """The questions of a form whose fields are in use."""
    questions = [FormQuestion(**dict(row)) for row in stored]
    custom = {field.name for field in get_askable_custom_fields()}
    return [each for each in questions if each.field in {*BUILT_IN, *OTHERS, *custom}]


def get_last_step(stored: Sequence[Mapping[str, Any]]) -> int:
    return max((question.step for question in get_usable_questions(stored)), default=1)


def get_askable_custom_fields(user: User | None = None) -> list[Any]:
    """The custom fields that visitors can fill in. Lists of users and records aren't for strangers, and files of visitors have a
    question of their own."""
    found = (
        read_cached_in_block("custom fields of web forms", lambda: get_custom_fields("lead"))
        if user is None
        else get_custom_fields("lead", user)
    )
    return [f for f in found if is_written_as_text(f) and f.definition.type not in HIDDEN]


def get_askable_fields(user: User) -> list[tuple[str, str]]:
    """What a question can ask for, with its name."""
    custom = [field.name for field in get_askable_custom_fields(user)]
    return [(name, get_question_label(name)) for name in (*BUILT_IN, *custom, *OTHERS)]


def get_question_label(name: str) -> str:
    if name in OTHERS:
        return str(OTHERS[name])
    return str(capfirst(get_model_field(name).verbose_name))


def find_custom_field(name: str) -> Any:
    return next((field for field in get_askable_custom_fields() if field.name == name), None)


def get_model_field(name: str) -> Any:
    """The field of a lead that a question asks for."""
    return find_custom_field(name) or Lead._meta.get_field(name)


def build_question_input(name: str) -> Any:
    """The form field of a lead's field, with its own rules."""
    custom = find_custom_field(name)
    if custom is not None:
        return build_form_field(custom, None)
    found: Any = get_model_field(name).formfield()
    if name == "description":
        found.widget = forms.Textarea(attrs={"rows": 4})
    if name in AUTOCOMPLETE:
        found.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]
    return found


# What browsers fill in, by the tokens of the HTML standard.
AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "company": "organization",
    "title": "organization-title",
    "email": "email",
    "phone": "tel",
    "mobile": "tel",
    "website": "url",
    "address": "street-address",
    "zip": "postal-code",
    "city": "address-level2",
    "state": "address-level1",
    "country": "country",
}


def get_question_choices(name: str) -> list[tuple[str, str]]:
    """The choices of a question as (value, label)."""
    if name in CONSENTS:
        return [("on", _("Yes"))]
    if name == FILES:
        return []
    found = build_question_input(name)
    choices = getattr(found, "choices", None) or getattr(found.widget, "choices", [])
    return [(str(value), str(label)) for value, label in choices]


def get_deciding_values(question: FormQuestion) -> list[str]:
    """The values of the deciding question for which this one is asked: what browsers send."""
    typed = question.if_value.casefold()
    same = [
        value
        for value, label in get_question_choices(question.if_field)
        if typed in (value.casefold(), label.casefold())
    ]
    return same or [question.if_value]


def is_asked(
    question: FormQuestion, values_of: Callable[[str], Sequence[str]], all_of: Mapping[str, FormQuestion]
) -> bool:
    """Whether a form with these raw values asks the question."""
    decider = all_of.get(question.if_field)
    if not question.if_field or decider is None:
        return True
    if decider.if_field and decider.if_field != question.field and not is_asked(decider, values_of, all_of):
        return False
    wanted = [value.casefold() for value in get_deciding_values(question)]
    return any(value.casefold() in wanted for value in values_of(question.if_field))
