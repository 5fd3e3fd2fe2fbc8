"""Choosing what a lead becomes: a company and a contact, each suggested, found by hand, new, or none."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.types.record_links import RecordChoice
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.form_rendering import Form
from customers.conversion.conversion_plan import (
    NEW,
    NONE,
    SEVERAL_COMPANIES,
    SEVERAL_CONTACTS,
    ConversionPlan,
    build_conversion_plans,
)
from customers.conversion.displayed_matches import SHOWN, get_suggestions, get_unseen_matches
from customers.conversion.lead_deals import get_deal_name
from customers.conversion.rejected_values import (
    add_gap_fields,
    check_values,
    get_chosen_values,
    get_gap_fields,
)
from customers.models import Company, Contact, Deal
from customers.record_matching import RecordMatch
from leads.models import Lead

OTHER = "other"


class ConvertForm(Form):
    """`plan` is the choice as a plan; the suggestions are those that the user sees."""

    company = forms.ChoiceField(
        label=_("Company"), widget=forms.RadioSelect, error_messages={"required": _("Choose a company.")}
    )
    company_name = forms.CharField(label=_("Name of the new company"), max_length=300, required=False)
    other_company = RecordChoice(Company.objects.none(), label=_("Another company"), required=False)
    contact = forms.ChoiceField(
        label=_("Contact"), widget=forms.RadioSelect, error_messages={"required": _("Choose a contact.")}
    )
    other_contact = RecordChoice(Contact.objects.none(), label=_("Another contact"), required=False)
    deal = forms.BooleanField(label=_("Add a deal"), required=False)
    deal_name = forms.CharField(label=_("Name of the deal"), max_length=300, required=False)
    unmarked = True

    def __init__(self, *arguments, lead: Lead, user: User, **keywords) -> None:
        self.lead = lead
        # Whether a match was added after the page was opened.
        self.crossed = False
        super().__init__(*arguments, **keywords)
        typed = str(self.data.get("company_name", "")).strip()
        self.suggested = get_suggestions(lead, user, typed)
        self.gaps = add_gap_fields(self, user)
        if not user.has_perm(Deal.get_right("add")):
            del self.fields["deal"], self.fields["deal_name"]
        if not self.is_bound:
            self.initial = self._get_first_choice(user)
        for name, model in (("company", Company), ("contact", Contact)):
            known = [(str(match.record.pk), str(match.record)) for match in self.suggested[name]]
            self.fields[name].choices = [*known, (NEW, ""), (OTHER, ""), (NONE, "")]
            seen: Any = model.objects.present().visible_to(user)
            self.fields[f"other_{name}"].queryset = (
                seen if user.has_perm(model.get_right("view")) else model.objects.none()
            )

    def _get_first_choice(self, user: User) -> dict[str, Any]:
        """What the rules would choose; nothing where several match."""
        plan = build_conversion_plans([self.lead], user)[self.lead.pk]
        first: dict[str, Any] = {"company_name": self.lead.company, "deal": bool(plan.deal_name)}
        first["deal_name"] = get_deal_name(self.lead)
        if plan.problem in (SEVERAL_COMPANIES, SEVERAL_CONTACTS):
            return first
        return first | {"company": str(plan.company), "contact": str(plan.contact)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("company") == NEW and not data.get("company_name") and "company_name" not in self.errors:
            self.add_error("company_name", _now("Enter a name for the new company."))
        for name, words in (("company", _now("Enter a company.")), ("contact", _now("Enter a contact."))):
            other = f"other_{name}"
            if data.get(name) == OTHER and not data.get(other) and other not in self.errors:
                self.add_error(other, words)
            elif data.get(name) != OTHER and other in self.errors:
                # What was typed there isn't chosen.
                del self.errors[other]
        if data.get("deal") and not data.get("deal_name") and "deal_name" not in self.errors:
            self.add_error("deal_name", _now("Enter a name for the deal."))
        if data.get("company") == data.get("contact") == NONE:
            self.add_error(None, _now("Choose a company, a contact, or both."))
        check_values(self, data)
        for name in self.suggested:
            if sentence := self._describe_new_matches(name, data.get(name)):
                self.crossed = True
                self.add_error(name, sentence)
        return data

    def _describe_new_matches(self, name: str, chosen: str | None) -> str:
        """The page comes back with a match that it didn't have, so that two pages don't add one company twice."""
        there = [match.record.pk for match in self.suggested[name]]
        found = get_unseen_matches(chosen, self.data.getlist(f"{SHOWN}_{name}"), there)  # type: ignore[attr-defined]
        if not found:
            return ""
        names = ", ".join(str(match.record) for match in self.suggested[name] if match.record.pk in found)
        return _now("Already exists: %(names)s. Choose it, or send the form again to add a new one.") % {
            "names": names
        }

    @property
    def status_code(self) -> int:
        """409 if the page comes back with a match that was added meanwhile."""
        return 200 if not self.is_bound else 409 if self.crossed else 422

    @property
    def plan(self) -> ConversionPlan:
        data = self.cleaned_data
        deal = data["deal_name"] if data.get("deal") else ""
        return ConversionPlan(
            self._get_chosen("company"),
            self._get_chosen("contact"),
            company_name=data["company_name"],
            deal_name=deal,
            values=get_chosen_values(self),
        )

    def _get_chosen(self, name: str) -> int | str:
        value = self.cleaned_data[name]
        if value == OTHER:
            return self.cleaned_data[f"other_{name}"].pk
        return value if value in (NEW, NONE) else parse_number(value) or 0

    def get_options(self, name: str) -> list[dict[str, Any]]:
        """The radio buttons of a part in their order, each with the record that it stands for."""
        matches: list[RecordMatch | None] = [*self.suggested[name], None, None, None]
        return [
            {"button": button, "value": button.data["value"], "match": match}
            for button, match in zip(self[name], matches, strict=True)
        ]

    def get_company_options(self) -> list[dict[str, Any]]:
        return self.get_options("company")

    def get_contact_options(self) -> list[dict[str, Any]]:
        return self.get_options("contact")

    def get_company_fields(self) -> list[Any]:
        return get_gap_fields(self, "company")

    def get_contact_fields(self) -> list[Any]:
        return get_gap_fields(self, "contact")
