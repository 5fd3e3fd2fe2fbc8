"""The questions of a web form, one row each: what it asks, with its own label, rules, step, and condition."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.request_cache import read_cached_in_block
from crm.records.editing.settings_change import record_settings_change
from customers.models import ConsentPurpose
from intake.forms.public.campaign_parameters import LONGEST
from intake.forms.public.public_form import PublicForm
from intake.forms.questions import CONSENTS, FormQuestion, get_askable_fields, get_usable_questions
from intake.forms.settings.contract_check import get_contract_problems
from intake.models import WebForm

MOST = 100
MOST_STEPS = 10


class QuestionForm(Form):
    field = forms.ChoiceField(label=_("Asks for"), required=False)
    label = forms.CharField(label=_("Label"), required=False, max_length=2_000)
    help = forms.CharField(label=_("Help text"), required=False, max_length=500)
    place = forms.IntegerField(label=_("Position"), required=False, min_value=1, max_value=1_000)
    step = forms.IntegerField(label=_("Step"), required=False, min_value=1, max_value=MOST_STEPS)
    required = forms.BooleanField(label=_("Required"), required=False)
    if_field = forms.ChoiceField(label=_("Only if"), required=False)
    if_value = forms.CharField(label=_("Has the value"), required=False, max_length=200)
    hidden = forms.BooleanField(label=_("Hidden"), required=False)
    parameter = forms.CharField(
        label=_("Filled from this parameter of the address"), required=False, max_length=50
    )
    default = forms.CharField(label=_("Value at first"), required=False, max_length=LONGEST)
    purpose = forms.TypedChoiceField(
        label=_("Consent to"),
        required=False,
        coerce=int,
        help_text=_("The answer is recorded as consent of the lead, with the label as its text."),
    )

    def __init__(self, *arguments, offered: list[tuple[str, str]], **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["field"].choices = [("", _("No question")), *offered]
        self.fields["if_field"].choices = [("", _("Always")), *offered]
        purposes = read_cached_in_block(
            "purposes of consent", lambda: list(ConsentPurpose.objects.active().by_name())
        )
        self.fields["purpose"].choices = [("", _("No purpose")), *((row.pk, row.name) for row in purposes)]
        # The label that a question has without another one.
        self.fields["label"].widget.attrs["placeholder"] = dict(offered).get(self["field"].value(), "")

    @property
    def has_more(self) -> bool:
        """Whether the page opens the further options."""
        names = ("help", "if_field", "hidden", "parameter", "default", "purpose")
        return (
            bool(self.errors)
            or any(self[name].value() for name in names)
            or self["step"].value() not in (None, "", 1, "1")
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("if_field") and not data.get("if_value"):
            self.add_error("if_value", _now("Enter the answer after which this question appears."))
        if data.get("if_field") and data.get("if_field") == data.get("field"):
            self.add_error("if_field", _now("Choose another question."))
        if data.get("hidden") and data.get("field") in ("consent", "consent_2", "files"):
            self.add_error("hidden", _now("Only fields of the lead can be hidden."))
        return data

    def build_question(self, earlier: dict[str, FormQuestion]) -> FormQuestion:
        data = {name: value for name, value in self.cleaned_data.items() if name != "place"}
        data["step"] = data["step"] or 1
        if not data["if_field"]:
            data["if_value"] = ""
        data["purpose"] = (data["purpose"] or 0) if data["field"] in CONSENTS else 0
        found = FormQuestion(**data)
        before = earlier.get(found.field)
        if not found.is_consent or before is None:
            return found
        changed = before.shown_label != found.shown_label
        return FormQuestion(**data, version=before.version + 1 if changed else before.version)


class QuestionFormSet(BaseFormSet):
    def clean(self) -> None:
        names = [form.cleaned_data.get("field") for form in self.forms if form.is_valid()]
        if twice := {name for name in names if name and names.count(name) > 1}:
            labels = dict(self.forms[0].fields["field"].choices)
            words = _now("Ask only once for: %(fields)s.")
            raise ValidationError(words % {"fields": ", ".join(str(labels[name]) for name in twice)})


class Questions:
    """The questions of one form on a page. Rows without a field are left out."""

    def __init__(self, form: WebForm, user: User, data: Any = None) -> None:
        self.form = form
        initial = [
            {**question.as_json(), "place": place * 10}
            for place, question in enumerate(get_usable_questions(form.questions), 1)
        ]
        self.made: Any = forms.formset_factory(
            QuestionForm, formset=QuestionFormSet, extra=1, max_num=MOST, absolute_max=MOST, validate_max=True
        )(data, initial=initial, prefix="question", form_kwargs={"offered": get_askable_fields(user)})
        self.problems: list[str] = []
        self.version = str(form.version)
        self.sent_version = data.get("version", "") if data is not None else self.version

    @property
    def has_changed_since(self) -> bool:
        return self.sent_version != self.version

    def is_valid(self) -> bool:
        if not self.made.is_valid():
            self.problems = list(self.made.non_form_errors())
            return False
        if self.has_changed_since:
            self.problems = [
                _now("Another user changed this form since you opened the page. Save again to replace it.")
            ]
            return False
        self.problems = get_contract_problems(self.form, self.get_stored_questions())
        if not self.problems:
            self.problems = self._find_wrong_defaults()
        return not self.problems

    def get_stored_questions(self) -> list[dict[str, Any]]:
        """The questions in their order, as the form keeps them."""
        earlier = {question.field: question for question in get_usable_questions(self.form.questions)}
        rows = [row for row in self.made.forms if row.cleaned_data.get("field")]
        rows.sort(key=lambda row: (row.cleaned_data["step"] or 1, row.cleaned_data["place"] or 10_000))
        return [row.build_question(earlier).as_json() for row in rows]

    def _find_wrong_defaults(self) -> list[str]:
        """Values at first that the lead's field doesn't accept."""
        stored = self.get_stored_questions()
        tried = PublicForm(
            WebForm(questions=stored),
            {q["field"]: [q["default"]] for q in stored if q["default"]},
            step=MOST_STEPS,
        )
        tried.is_valid()
        with_default = {question["field"] for question in stored if question["default"]}
        return [
            f"{tried.fields[name].label}: {' '.join(map(str, errors))}"
            for name, errors in tried.errors.items()
            if name in with_default
        ]

    def write(self, by: User) -> Operation:
        with record_settings_change(f"edit_{WebForm.table}", by=by) as record:
            self.form.questions = self.get_stored_questions()
            self.form.save(update_fields=["questions"])
            record.parameters["rows"] = [self.form.pk]
        return record
