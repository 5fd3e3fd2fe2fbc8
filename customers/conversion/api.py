"""API v2: converting a lead, as its page does: with its form, its suggestions and its refusals. Undoing the operation undoes it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.custom_fields import CUSTOM_FIELDS_KEY, get_error_key, parse_custom_fields
from crm.api.v2.documentation.call_parts import WRONG, call
from crm.api.v2.form_values import flatten_sent_values
from crm.api.v2.record_items import NUMBER
from crm.api.v2.records import get_changeable_record, get_id_from_url, lock_changeable_record
from crm.api.v2.v2_view import Fields, OwnView
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out, judge
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from customers.conversion.conversion_plan import (
    NEW,
    NONE,
    SEVERAL_COMPANIES,
    SEVERAL_CONTACTS,
    ConversionPlan,
    build_conversion_plans,
)
from customers.conversion.conversion_verb import RIGHTS, Convert, lock_conversions
from customers.conversion.custom_value_copy import ConversionGap
from customers.conversion.displayed_matches import SHOWN
from customers.conversion.forms import OTHER, ConvertForm
from customers.conversion.rejected_values import SEEN
from leads.models import Lead

# What a program sends about each field of the form.
SENT_NAMES = {
    "company": "company", "company_name": "new_company", "other_company": "company", "contact": "contact",
    "other_contact": "contact", "deal": "new_deal", "deal_name": "new_deal",
}  # fmt: skip


# What a lead becomes.
ADDED = ["company", "contact", "deal"]
# Where a program says which of the records that match aren't meant.
SEEN_BY = {"company": "not_companies", "contact": "not_contacts"}


def build_ids_field(words: str) -> serializers.Field:
    return serializers.ListField(
        child=serializers.IntegerField(**NUMBER), required=False, max_length=100, help_text=words
    )


class ConversionFields(Fields):
    company = serializers.IntegerField(
        **NUMBER, required=False, allow_null=True, help_text="Id of an existing company; null for none."
    )
    new_company = serializers.CharField(
        required=False, max_length=300, help_text="The name of a company to add, instead of company."
    )
    contact = serializers.IntegerField(
        **NUMBER, required=False, allow_null=True, help_text="Id of an existing contact; null for none."
    )
    new_contact = serializers.BooleanField(
        required=False, help_text="true adds a contact, instead of contact."
    )
    new_deal = serializers.CharField(
        required=False, allow_null=True, max_length=300, help_text="The name of a deal to add; null for none."
    )
    not_companies = build_ids_field(
        "Ids of the companies in a preview that aren't meant, if a new one is added although they match."
    )
    not_contacts = build_ids_field("Ids of the contacts in a preview that aren't meant, in the same way.")
    custom_fields = serializers.DictField(
        required=False,
        help_text="Other values for the fields in rejected_values of a preview, by key; null leaves one empty.",
    )
    preview = serializers.BooleanField(
        default=False, help_text="true says what would be made and changes nothing."
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        for one, other in (("new_company", "company"), ("new_contact", "contact")):
            if one in sent and other in sent:
                raise serializers.ValidationError({one: f"Send either {other} or {one}."})
        if sent.get("new_contact") is False:
            raise serializers.ValidationError({"new_contact": "Send true, or contact with null for none."})
        return sent


class ConvertLead(OwnView):
    kind_name = "lead"
    resource = "leads"
    http_method_names = ["post"]
    actions = {"POST": "put"}

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        sent = ConversionFields.read(self.sent_fields)
        if not self.user.has_perms(RIGHTS):
            raise ApiProblem(403, "forbidden", "The user of this token may not convert leads.")
        number = get_id_from_url(self.kind, pk)
        if sent["preview"]:
            self.require_right("get", "A preview shows records: this token or its user may not read them.")
            return self.preview(get_changeable_record(self, number), sent)
        lead = lock_changeable_record(self, number)
        refuse_converted_lead(lead)
        # Conversions that are under way are over before the form looks for matches.
        lock_conversions()
        form = build_form(lead, sent, self.user)
        if not form.is_valid():
            raise build_form_problem(form)
        verb = Convert({lead.pk: form.plan})
        outcome = carry_out(verb, self.changeable_queryset(), by=self.user, wanted=[lead.pk], channel=API)
        for code in outcome.refused:
            raise build_invalid_problem(__all__=get_reason_sentence(code, self.kind))
        return build_json_response(build_result_json(lead, verb, outcome.operation))

    def preview(self, lead: Lead, sent: dict[str, Any]) -> HttpResponse:
        refuse_converted_lead(lead)
        form = build_form(lead, sent, self.user)
        problems: list[tuple[str | None, str]]
        if form.is_valid():
            verb = Convert({lead.pk: form.plan})
            outcome = judge(verb, self.changeable_queryset(), by=self.user, wanted=[lead.pk])
            problems = [(None, get_reason_sentence(code, self.kind)) for code in outcome.refused]
        else:
            problems = [(get_sent_name(name), str(texts[0])) for name, texts in form.errors.items()]
        return build_json_response(build_preview_json(form, problems))

    def changeable_queryset(self) -> Any:
        return Lead.objects.present().changeable_by(self.user)


def refuse_converted_lead(lead: Lead) -> None:
    """Raises Problem 409 for a lead that was converted before."""
    if lead.is_read_only:
        sentence = f"This lead was converted already. GET /api/v2/leads/{lead.pk} says into what."
        raise ApiProblem(409, "already_done", sentence)


def build_form(lead: Lead, sent: dict[str, Any], user: Any) -> ConvertForm:
    """The form of the page, filled in as sent. What isn't sent is as the page proposes it. Raises Problem 422."""
    data: dict[str, Any] = {
        f"{SHOWN}_{name}": [str(pk) for pk in sent.get(others, ())] for name, others in SEEN_BY.items()
    }
    proposed = ConvertForm(lead=lead, user=user)
    first = {name: value for name, value in proposed.initial.items() if value}
    first |= _propose_for_company(lead, sent.get("company"), user)
    for name in SEEN_BY:
        if name not in sent and f"new_{name}" not in sent and first.get(name) == NEW:
            # The rules have decided that none of these is meant.
            data[f"{SHOWN}_{name}"] = [str(match.record.pk) for match in proposed.suggested[name]]
    data = {name: str(value) for name, value in first.items() if name != "deal"} | data
    if first.get("deal") and "deal" in proposed.fields:
        data["deal"] = "on"
    data |= _build_chosen_values(sent)
    if sent.get("new_deal") and "deal" not in proposed.fields:
        raise build_invalid_problem(new_deal="The user of this token may not add deals.")
    data |= _parse_other_values(proposed, sent.get("custom_fields", {}), user)
    return ConvertForm(build_query_dict(data), lead=lead, user=user)


def _propose_for_company(lead: Lead, company: int | None, user: Any) -> dict[str, str]:
    """The contact that the rules choose if the program has decided about the company."""
    if not company:
        return {}
    plan = build_conversion_plans([lead], user, {lead.pk: company})[lead.pk]
    return {} if plan.problem in (SEVERAL_COMPANIES, SEVERAL_CONTACTS) else {"contact": str(plan.contact)}


def _build_chosen_values(sent: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in SEEN_BY:
        if name in sent:
            chosen = sent[name]
            found |= {name: OTHER, f"other_{name}": f"#{chosen}"} if chosen else {name: NONE}
        elif f"new_{name}" in sent:
            found[name] = NEW
    if "new_company" in sent:
        found["company_name"] = sent["new_company"]
    if "new_deal" in sent:
        name = sent["new_deal"]
        found |= {"deal": "on", "deal_name": name} if name else {"deal": ""}
    return found


def _parse_other_values(form: ConvertForm, values: dict[str, Any], user: Any) -> dict[str, Any]:
    """The values for custom fields of new records, as the form takes them. Raises Problem 422."""
    tables = {gap.target.name: gap.table for gap in form.gaps}
    if unknown := [name for name in values if name not in tables]:
        sentence = "Only the fields in rejected_values of a preview can be sent."
        raise build_invalid_problem(**{get_error_key(name): sentence for name in unknown})
    found: dict[str, Any] = {SEEN: list(values)}
    for table in dict.fromkeys(tables[name] for name in values):
        own = {name: value for name, value in values.items() if tables[name] == table}
        parsed = parse_custom_fields(KINDS[table], {CUSTOM_FIELDS_KEY: own}, user)
        found |= flatten_sent_values(parsed)
    return found


def get_sent_name(name: str) -> str | None:
    """What a program calls a field of the form; None for the form as a whole."""
    return None if name == "__all__" else SENT_NAMES.get(name, get_error_key(name))


def build_form_problem(form: ConvertForm) -> ApiProblem:
    """409 if a record matches that the program hasn't seen, 422 for all other errors."""
    if not form.crossed:
        return build_invalid_form_problem(
            {get_sent_name(name) or "__all__": texts for name, texts in form.errors.items()}
        )
    errors = {name: [_describe_matches(form, name)] for name in SEEN_BY if name in form.errors}
    return ApiProblem(409, "duplicate", " ".join(text for texts in errors.values() for text in texts), errors)


def _describe_matches(form: ConvertForm, name: str) -> str:
    names = ", ".join(f"{match.record} (id {match.record.pk})" for match in form.suggested[name])
    return f"Already exists: {names}. Send the id in {name}, or in {SEEN_BY[name]} if another one is meant."


def build_result_json(lead: Lead, verb: Convert, operation: Any) -> dict[str, Any]:
    lead.refresh_from_db(fields=["client", "client_contact"])
    return {
        "operation": operation.pk,
        "company": lead.client_id,
        "contact": lead.client_contact_id,
        "deal": next(iter(verb.run.added["deal"]), None),
        "added": [name for name, ids in verb.run.added.items() if ids],
        "preview": None,
    }


def build_preview_json(form: ConvertForm, problems: list[tuple[str | None, str]]) -> dict[str, Any]:
    """The same as far as it is decided, with the records that match. Without a plan, nothing is decided."""
    plan = form.plan if not form.errors else ConversionPlan()
    new = {"company": plan.company == NEW, "contact": plan.contact == NEW, "deal": bool(plan.deal_name)}
    return {
        "operation": None,
        "company": plan.company if isinstance(plan.company, int) else None,
        "contact": plan.contact if isinstance(plan.contact, int) else None,
        "deal": None,
        "added": [name for name, is_new in new.items() if is_new],
        "preview": {
            "company_name": (plan.company_name or form.lead.company) if new["company"] else None,
            "deal_name": plan.deal_name or None,
            "companies": [_build_match_json(match) for match in form.suggested["company"]],
            "contacts": [_build_match_json(match) for match in form.suggested["contact"]],
            "rejected_values": [_build_gap_json(gap) for gap in form.gaps],
            "problems": [{"parameter": name, "detail": sentence} for name, sentence in problems],
        },
    }


def _build_gap_json(gap: ConversionGap) -> dict[str, Any]:
    label = str(gap.target.verbose_name)
    return {"field": gap.target.name, "of": gap.table, "label": label, "detail": gap.sentence}


def _build_match_json(match: Any) -> dict[str, Any]:
    return {"id": match.record.pk, "name": str(match.record), "reasons": list(match.reasons)}


MATCH = build_response_serializer(
    "ConversionMatch",
    id=build_number_field(),
    name=build_text_field(),
    reasons=serializers.ListField(
        child=build_text_field(),
        help_text="Why it may be meant: linked, email, domain, company_name, phone or name.",
    ),
)
REJECTED = build_response_serializer(
    "RejectedValue",
    field=build_text_field(help_text="The key of the custom field of the new record, such as c12."),
    of=build_text_field(help_text="company or contact."),
    label=build_text_field(),
    detail=build_text_field(help_text="Which value of the lead it doesn't accept."),
)
PREVIEW = build_response_serializer(
    "ConversionPreview",
    company_name=build_text_field(allow_null=True, help_text="The name of the company that would be added."),
    deal_name=build_text_field(allow_null=True, help_text="The name of the deal that would be added."),
    companies=MATCH(many=True, help_text="The companies that match, the best first."),
    contacts=MATCH(many=True, help_text="The contacts that match, the best first."),
    rejected_values=REJECTED(
        many=True,
        help_text="Values of the lead that a new record doesn't accept. Send others in custom_fields.",
    ),
    problems=WRONG(many=True, help_text="Why the same call without preview would be refused."),
)
CONVERTED = build_response_serializer(
    "LeadConversion",
    operation=build_number_field(
        allow_null=True, help_text="Id of the operation, which can be undone; null for a preview."
    ),
    company=build_number_field(allow_null=True, help_text="Id of the company that the lead became."),
    contact=build_number_field(allow_null=True, help_text="Id of the contact that the lead became."),
    deal=build_number_field(allow_null=True, help_text="Id of the deal that was added."),
    added=serializers.ListField(
        child=serializers.ChoiceField(ADDED),
        help_text="Which of them are new. Those of a preview have no id yet.",
    ),
    preview=PREVIEW(allow_null=True, help_text="null unless the call was a preview."),
)
extend_schema_view(
    post=call(
        "Convert a lead",
        CONVERTED,
        name="convert_lead",
        sends=ConversionFields,
        parameters=[IDEMPOTENT],
        errors=[404],
        example={"new_company": "Omnia SRL", "new_contact": True, "new_deal": "Pumps"},
        words=(
            "Turns a lead into a company, a contact and perhaps a deal, as its page does. What you don't send is as the page proposes "
            "it: records that match are linked, others are added; if several match, choose one of them. With preview, the answer has "
            "the records that match and what would be made, and nothing changes. A new company or contact that matches an existing one "
            "is refused with 409 unless not_companies or not_contacts say that those aren't meant. Undo the operation to get the lead "
            "back."
        ),
    )
)(ConvertLead)

urlpatterns = [path("leads/<str:pk>/convert", ConvertLead.as_view(), name="own_lead_convert")]
