"""The further contacts of a deal in API v2: `contacts` is a list of them with their roles."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import RawSQL
from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.form_values import flatten_sent_values
from crm.api.v2.record_parts import RecordPart
from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import get_reason_sentence
from customers.deal_contacts.verbs import SetDealContacts, visible_contacts_queryset
from customers.models import Contact, Deal, DealContact

API = Operation.Channel.API
NAME = "contacts"
FILLED = "EXISTS (SELECT FROM customers_dealcontact WHERE deal_id = customers_deal.id)"
MOST = 100
LONGEST = DealContact._meta.get_field("role").max_length or 0
ROLE = "What the person does in the deal, such as Decision maker, or empty."


def build_contacts_sql(user: User) -> tuple[str, Sequence[Any]]:
    """Those that the user sees."""
    if not user.has_perm(Contact.get_right("view")):
        return "'[]'::json", []
    seen = Contact.objects.present().visible_to(user)
    rows = DealContact.objects.present().filter(contact__in=seen, deal=RawSQL("customers_deal.id", []))
    try:
        found, parameters = rows.order_by().values_list("id", "contact_id", "role").query.sql_with_params()
    except EmptyResultSet:
        return "'[]'::json", []
    one = "json_build_object('contact', c.contact, 'role', c.role)"
    return (
        f"(SELECT coalesce(json_agg({one} ORDER BY c.id), '[]') FROM ({found}) c(id, contact, role))",
        parameters,
    )


def parse_contacts_with_roles(value: Any, user: User) -> dict[int, str]:
    """The roles by the id of the contact."""
    words = f"Send a list of up to {MOST} objects with contact, the id of a contact, and role, a text."
    if not isinstance(value, list) or len(value) > MOST or not all(map(_is_contact_with_role, value)):
        raise build_invalid_problem(**{NAME: words})
    if not user.has_perm(Contact.get_right("view")):
        raise build_invalid_problem(**{NAME: "You may not view contacts."})
    found = {one["contact"]: " ".join(one.get("role", "").split()) for one in value}
    if len(found) < len(value):
        raise build_invalid_problem(**{NAME: "Send each contact once."})
    seen = Contact.objects.present().visible_to(user).filter(pk__any=list(found))
    if unknown := set(found) - set(seen.values_list("pk", flat=True)):
        raise build_invalid_problem(**{NAME: f"There is no contact with the id {min(unknown)}."})
    return found


def _is_contact_with_role(one: Any) -> bool:
    if not isinstance(one, dict) or not {"contact"} <= set(one) <= {"contact", "role"}:
        return False
    pk, role = one["contact"], one.get("role", "")
    if not isinstance(pk, int) or isinstance(pk, bool) or not 0 < pk < 2**63:
        return False
    return isinstance(role, str) and len(role) <= LONGEST and bool(flatten_sent_values({NAME: role}))


def write_contacts_with_roles(deal: Deal, roles: dict[int, str], user: User) -> None:
    if {row.contact_id: row.role for row in visible_contacts_queryset(deal.pk, user)} == roles:
        return
    # The call has checked that the user may change the deal, and may just have given it to someone else.
    rows = Deal.objects.present().filter(pk=deal.pk)
    outcome = carry_out(SetDealContacts(user, roles), rows, by=user, channel=API)
    if outcome.refused:
        raise _build_refusal(next(iter(outcome.refused)))


def _build_refusal(code: str) -> ApiProblem:
    main = "The main contact of the deal can't be one of its other contacts."
    return build_invalid_problem(**{NAME: main if code == "contact_of_deal" else get_reason_sentence(code)})


OF_DEAL = build_response_serializer(
    "DealContact",
    contact=build_number_field(help_text="Id of a contact."),
    role=build_text_field(allow_blank=True, help_text=ROLE),
)
SENT = build_response_serializer(
    "DealContactSent",
    contact=build_number_field(help_text="Id of a contact."),
    role=build_text_field(required=False, allow_blank=True, max_length=LONGEST, help_text=ROLE),
)


def build_contacts_response_field() -> serializers.Field:
    words = "The contacts of the deal apart from contact, as far as the user of the token can see them."
    return OF_DEAL(many=True, help_text=words)


def build_contacts_request_field() -> serializers.Field:
    words = "The whole list of other contacts. Those that the user of the token can't see stay on the deal."
    return SENT(many=True, required=False, help_text=words)


CONTACTS = RecordPart(
    build_contacts_sql,
    FILLED,
    build_contacts_response_field,
    build_contacts_request_field,
    parse_contacts_with_roles,
    write_contacts_with_roles,
    recorded_in=(DealContact, "deal_id"),
)
