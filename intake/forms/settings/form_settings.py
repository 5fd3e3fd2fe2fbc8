"""The settings of a web form: what its leads are like, what happens after sending, how it looks, and limits."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.ownership.owners import get_owner_label
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels
from crm.records.editing.settings_form import SettingsForm
from intake.color_contrast import HEX, get_contrast_errors
from intake.forms.questions import get_initial_questions
from intake.forms.settings.contract_check import get_contract_problems
from intake.models import WebForm
from intake.page_address import LONGEST, clean_page_slug
from leads.models import Source, Status

CARDS = {
    _("Form"): ["name", "slug", "intro", "language", "button", "published"],
    _("New leads"): ["department", "owner", "source", "status", "task", "task_days", "duplicates", "notify"],
    _("After sending"): ["thanks", "redirect", "confirms"],
    _("Colors"): ["color", "background"],
    _("Spam"): ["seconds", "most_an_hour", "plain"],
    _("Privacy"): ["days_kept"],
}


class WebFormForm(SettingsForm):
    table = WebForm.table
    cards = CARDS
    new_title = _("New web form")
    unmarked = False
    redirect = forms.URLField(
        label=WebForm._meta.get_field("redirect").verbose_name,
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=WebForm._meta.get_field("redirect").help_text,
    )
    slug = forms.SlugField(
        label=WebForm._meta.get_field("slug").verbose_name,
        max_length=LONGEST,
        required=False,
        help_text=WebForm._meta.get_field("slug").help_text,
    )
    source = ChoiceOfLabels(Source.objects.none(), label=_("Source"))
    status = ChoiceOfLabels(
        Status.objects.none(),
        label=_("Status"),
        required=False,
        help_text=WebForm._meta.get_field("status").help_text,
    )
    notify = forms.TypedMultipleChoiceField(
        label=_("Also notify"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WebForm
        fields = [name for names in CARDS.values() for name in names]
        widgets = {
            "intro": forms.Textarea(attrs={"rows": 3}),
            "thanks": forms.Textarea(attrs={"rows": 3}),
            "color": forms.TextInput(attrs={"type": "color"}),
            "background": forms.TextInput(attrs={"type": "color"}),
        }

    def __init__(self, *arguments, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        form: WebForm = self.instance
        if self.is_new:
            form.questions = get_initial_questions()
        self.fields["department"].queryset = Department.objects.offered_to(user, form.department_id).by_name()
        people = User.objects.assignable_by(user).by_name()
        self.fields["owner"].queryset = User.objects.assignable_by_or(user, form.owner_id).by_name()
        self.fields["owner"].label_from_instance = get_owner_label
        self.fields["owner"].empty_label = _("Unassigned")
        self.fields["notify"].choices = [(row.pk, row.name) for row in people]
        self.fields["source"].queryset = Source.objects.active_or(form.source_id).in_order()
        statuses = Status.objects.of_leads().of_kind(*Status.OPEN).active_or(form.status_id)
        self.fields["status"].queryset = statuses.in_order()

    def clean_slug(self) -> str:
        taken = _now("Another form already has this address.")
        return clean_page_slug(self, _now("Enter an address like contact-us."), taken)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if all(HEX.fullmatch(data.get(name) or "") for name in ("color", "background")):
            for name, sentence in get_contrast_errors(data["color"], data["background"]).items():
                self.add_error(name, sentence)
        owner, department = data.get("owner"), data.get("department")
        if owner and department and department.pk not in owner.department_ids:
            words = _now("%(owner)s isn’t in this department. Choose another owner or leave the field empty.")
            self.add_error("owner", words % {"owner": owner})
        return data

    def _post_clean(self) -> None:
        """The contract of the status is judged with all values of the form in place."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for sentence in get_contract_problems(self.instance, self.instance.questions):
                self.add_error(None, sentence)
