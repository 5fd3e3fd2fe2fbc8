"""The records of a person themselves: leads, contacts and requests, with their custom values."""

from typing import Any

from django.db import connection
from django.utils.text import capfirst

from accounts.models import User
from crm.fields.custom.values.field_registry import get_all_custom_fields
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.types.field_type import get_field_label, get_field_type
from crm.models import CustomField, Tag, UniqueValue
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from crm.records.kinds.kind_registry import KINDS
from customers.models import DealContact, Employment
from privacy.holders.data_holder import DataHolder, DataSection, build_labelled_row, build_section
from privacy.person import PERSON_TABLES, Person

_OF_BOTH = dict.fromkeys(["first_name", "title", "email", "second_email", "phone", "mobile"], "")
_NORMAL = {"phone_normal": "", "mobile_normal": ""}
# What is emptied in each record, and with what. The others stay: they are counted in reports and say nothing about who it was.
CLEARED: dict[str, dict[str, str]] = {
    "lead": {
        "last_name": ERASED_PERSON_NAME,
        **_OF_BOTH,
        **_NORMAL,
        **dict.fromkeys(["company", "website", "city", "state", "address", "zip", "description"], ""),
        **dict.fromkeys(["lost_remark", "next_action"], ""),
    },
    "contact": {"last_name": ERASED_PERSON_NAME, **_OF_BOTH, **_NORMAL},
    "request": {
        "subject": ERASED_PERSON_NAME,
        "phone_normal": "",
        **dict.fromkeys(["text", "first_name", "last_name", "company_name", "email", "phone", "website"], ""),
    },
}
STAYS: dict[str, list[str]] = {
    "lead": [
        "status",
        "lost_reason",
        "source",
        "owner",
        "department",
        "country",
        "language",
        "value",
        "tags",
        "vip",
    ],
    "contact": ["company", "owner", "department", "country", "tags"],
    "request": ["channel", "state", "received_at", "owner", "department", "country", "tags"],
}
Type = CustomField.Type
# Values of these types are chosen or counted; all others go.
KEPT_TYPES = (
    Type.YES_NO,
    Type.CHOICE,
    Type.CHOICES,
    Type.RATING,
    Type.NUMBER,
    Type.MONEY,
    Type.USER,
    Type.LINK,
    Type.FORMULA,
)


def get_erased_field_keys(table: str) -> list[str]:
    """The custom fields of a record type whose values go, retired and deleted ones too."""
    rows = CustomField._base_manager.filter(table_of=table).exclude(type__in=KEPT_TYPES)
    return [row.key for row in rows]


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    found = []
    for table, ids in person.records.items():
        rows = list(PERSON_TABLES[table]._base_manager.filter(pk__in=ids).order_by("pk"))
        found.append(
            DataSection(capfirst(str(KINDS[table].words.many)), [_get_all_texts(row, viewer) for row in rows])
        )
    return found


def _get_all_texts(row: Any, viewer: User) -> dict[str, str]:
    values = (
        get_values_model(type(row))._base_manager.filter(pk=row.pk).values_list("values", flat=True).first()
        or {}
    )
    labels = {field.name: field for field in get_all_custom_fields(row.table)}
    own = {
        get_field_label(labels[key]): get_field_type(labels[key]).format_value(
            labels[key], get_field_type(labels[key]).parse_recorded_value(labels[key], value), viewer
        )
        for key, value in values.items()
        if key in labels
    }
    tags = ", ".join(Tag.objects.filter(pk__in=row.tags or []).values_list("name", flat=True))
    return (
        build_labelled_row(row)
        | own
        | ({capfirst(get_field_label(type(row)._meta.get_field("tags"))): tags} if tags else {})
    )


def erase(person: Person) -> int:
    """The custom values first: the search words of a record follow from both and are written with the record."""
    count = 0
    for table, ids in person.records.items():
        keys, model = get_erased_field_keys(table), PERSON_TABLES[table]
        values = connection.ops.quote_name(get_values_model(model)._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {values} SET values = values - %s::text[] WHERE record_id = ANY(%s) AND values ?| %s",
                [keys, ids, keys],
            )
        numbers = [int(key[1:]) for key in keys]
        UniqueValue.objects.filter(field__in=numbers, record__in=ids).delete()
        count += model._base_manager.filter(pk__in=ids).update(**CLEARED[table])
    return count


BETWEEN: dict[Any, str] = {Employment: "employments", DealContact: "deal_contacts"}


def build_related_item_sections(person: Person, viewer: User) -> list[DataSection]:
    return [
        build_section(model._base_manager.filter(pk__in=getattr(person, ids)))
        for model, ids in BETWEEN.items()
    ]


def erase_related_items(person: Person) -> int:
    """Where they worked and in which deals they took part stays with the contact, whom no one recognizes by it; what they were
    there goes."""
    rows = [model._base_manager.filter(pk__in=getattr(person, ids)) for model, ids in BETWEEN.items()]
    return sum(each.update(role="") for each in rows)


HOLDERS = [
    DataHolder(
        (
            *("leads.Lead", "leads.LeadSearch", "leads.LeadValues"),
            *("customers.Contact", "customers.ContactSearch", "customers.ContactValues"),
            *("customers.Request", "customers.RequestSearch", "customers.RequestValues", "crm.UniqueValue"),
        ),
        build_sections,
        erase,
        "records",
    ),
    DataHolder(
        ("customers.Employment", "customers.DealContact"),
        build_related_item_sections,
        erase_related_items,
        "employments",
    ),
]
