"""The records of a mailing as a user sees them: whom it can be previewed for, and which of them lack a value."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, Count, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.fields.types.field_type import get_field_type
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from mailings.content.compiled_templates import MergeField, TextMergeFields
from mailings.content.merge_fields import FIELDS, MergeFields, get_recipient_kinds
from mailings.models import Delivery, Mailing

# What a preview shows of a recipient when its reader sees none. The email address is that of `delivery_to`.
EXAMPLES = {
    "first_name": _("Alex"),
    "last_name": _("Sample"),
    "name": _("Alex Sample"),
    "company": _("Sample Company"),
}
# As many are offered for a preview; any other one is found by its address or number.
OFFERED = 50
EMPTY = {
    "first_name": Q(first_name=""),
    "last_name": Q(last_name=""),
    "owner": Q(owner=None),
    "company": {
        "lead": Q(company=""),
        "contact": Q(company=None),
        "request": Q(company_name="", company=None),
    },
}


def sample_records_queryset(mailing: Mailing, user: User) -> QuerySet:
    """Those with an address that the user sees; those of companies are their contacts."""
    kind = KINDS[mailing.of]
    if mailing.query:
        rows = RecordList(kind, QueryDict(mailing.query), user).visible
    else:
        # Read within the query, because there may be a million of them.
        ids = Subquery(Mailing.objects.filter(pk=mailing.pk).values("ids"))
        array = Cast(ids, ArrayField(BigIntegerField()))
        rows = kind.model.objects.present().visible_to(user).filter(pk__any=array)
    if mailing.of == "company":
        contacts: Any = KINDS["contact"].model.objects
        rows = contacts.present().visible_to(user).filter(company__in=rows.order_by().values("pk"))
    return rows.exclude(email="")


def get_offered_records(mailing: Mailing, user: User) -> list[Any]:
    return list(sample_records_queryset(mailing, user).order_by("pk")[:OFFERED])


def find_sample_record(mailing: Mailing, user: User, words: str) -> Any:
    """The recipient with this number or address, the first one without any words, or None."""
    rows = sample_records_queryset(mailing, user).order_by("pk")
    if words := words.strip():
        rows = rows.filter(Q(pk=parse_number(words) or 0) | Q(email__iexact=words))
    return rows.first()


def build_sample_delivery(mailing: Mailing, record: Any) -> Delivery:
    """As for a preview: it isn't saved. Without a record, its merge fields are empty."""
    if record is None:
        found = Delivery(
            mailing=mailing, of=get_recipient_kinds(mailing)[0], record=0, address="name@example.com"
        )
        found.the_record = None  # type: ignore[attr-defined]
        return found
    return Delivery(mailing=mailing, of=record.table, record=record.pk, address=record.email)


def get_example_values(fields: MergeFields, mailing: Mailing) -> dict[str, str]:
    """A value for each merge field except the address: one of EXAMPLES, or else the name of the field in brackets."""
    names = [name for name in (*FIELDS, *fields.custom) if name not in ("email", "me")]
    values = {name: str(EXAMPLES.get(name) or f"[{fields.get_label(name)}]") for name in names}
    return values | {"me": mailing.by.name}


def count_missing_values(
    mailing: Mailing, gaps: list[MergeField], user: User, fields: MergeFields
) -> dict[str, int]:
    """How many recipients lack the value of a merge field that has no fallback, by name, in one query."""
    empty = build_empty_conditions(mailing, gaps, fields)
    counts = {name: Count("pk", filter=condition) for name, condition in empty.items()}
    if not counts:
        return {}
    rows = sample_records_queryset(mailing, user).order_by()
    found = annotate_custom_values(rows, counts).aggregate(
        **{f"n_{name}": count for name, count in counts.items()}
    )
    return {name: found[f"n_{name}"] for name in counts if found[f"n_{name}"]}


def get_empty_field_labels(mailing: Mailing, ids: Iterable[int], user: User) -> dict[int, list[str]]:
    """The merge fields of the email for which these records have neither a value nor a fallback, as the user reads them, by
    record, in one query."""
    fields = MergeFields(get_recipient_kinds(mailing), mailing.by, user)
    empty = build_empty_conditions(mailing, get_merge_fields(mailing), fields)
    rows = annotate_custom_values(
        KINDS[get_recipient_kinds(mailing)[0]].model._default_manager.filter(pk__in=ids), empty
    )
    lacks = {
        f"lacks_{name}": Case(When(condition, then=True), default=False) for name, condition in empty.items()
    }
    found: dict[int, list[str]] = {}
    for pk, *lacking in rows.annotate(**lacks).order_by().values_list("pk", *lacks):
        found[pk] = [
            fields.get_label(name) for name, is_empty in zip(empty, lacking, strict=True) if is_empty
        ]
    return found


def get_merge_fields(mailing: Mailing) -> list[MergeField]:
    """The merge fields in all of its texts."""
    gaps = TextMergeFields()
    gaps.mark_fields("\n".join([mailing.subject, mailing.preheader, mailing.text, mailing.plain]))
    return gaps.gaps


def build_empty_conditions(mailing: Mailing, gaps: list[MergeField], fields: MergeFields) -> dict[str, Q]:
    """By the name of a merge field without a fallback, the records that lack its value."""
    table, found = get_recipient_kinds(mailing)[0], {}
    for name in dict.fromkeys(gap.name for gap in gaps if not gap.fallback and not gap.is_ours):
        known = name in FIELDS or name in fields.custom
        if known and (empty := _build_empty_condition(table, name)) is not None:
            found[name] = empty
    return found


def _build_empty_condition(table: str, name: str) -> Q | None:
    """The records without this value; None for one that is never missing."""
    if KINDS[table].has_custom(name):
        field = KINDS[table].get_field(name)
        return get_field_type(field).build_empty_condition(field)
    found: Any = EMPTY.get(name)
    return found[table] if isinstance(found, dict) else found
