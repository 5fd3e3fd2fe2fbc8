"""Which lead a row is: by its id, its e-mail, its phone; among the leads that the importer may change, and in the file.

A lead that the importer may not change is looked for nowhere: it is as if it did not exist.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Field

from crm.models import Change
from leads.excel import LeadResource
from leads.models import Lead
from leads.phones import normal_phone


@dataclass
class Keys:
    """By what one row can be recognised."""

    id: int | None = None
    email: str = ""
    phone: str = ""


@dataclass
class Found:
    """The leads that some rows may be: their values by field, by id, and the ids by key."""

    leads: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_phone: dict[str, int] = field(default_factory=dict)


def folded_email(text: str) -> str:
    """As leadwell_fold_email() in the database."""
    return unicodedata.normalize("NFKC", text.strip()).lower()


def keys_of(values: dict[str, Any], wanted: list[str], country: str) -> Keys:
    """`values` are the cleaned values of a row by field."""
    keys = Keys()
    if "id" in wanted:
        keys.id = values.get("id")
    if "email" in wanted:
        keys.email = folded_email(values.get("email") or "")
    if "phone" in wanted:
        keys.phone = normal_phone(values.get("phone") or values.get("mobile") or "", country)
    return keys


class Matcher:
    """Looks leads up, many rows at once."""

    def __init__(self, user, resource: LeadResource) -> None:
        self.rows = Lead.objects.present().changeable_by(user)
        self.attributes = {
            name: column.attribute for name, column in resource.fields.items() if name != "newsletter"
        }

    def find(self, rows: list[Keys]) -> Found:
        found = Found()
        ids = [keys.id for keys in rows if keys.id]
        emails = {keys.email for keys in rows if keys.email}
        phones = {keys.phone for keys in rows if keys.phone}
        if ids:
            found.leads |= self._values(self.rows.filter(pk__any=ids))
        # Of several the newest counts.
        if emails:
            with_email = self.rows.filter(email_key__in=emails).exclude(email_key="").order_by("pk")
            found.by_email = dict(with_email.values_list("email_key", "pk"))
        if phones:
            with_phone = self.rows.filter(phone_normal__in=phones).exclude(phone_normal="").order_by("pk")
            found.by_phone = dict(with_phone.values_list("phone_normal", "pk"))
        others = {*found.by_email.values(), *found.by_phone.values()} - found.leads.keys()
        if others:
            found.leads |= self._values(self.rows.filter(pk__any=sorted(others)))
        return found

    def _values(self, rows) -> dict[int, dict[str, Any]]:
        names = list(self.attributes)
        return {
            values[names.index("id")]: dict(zip(names, values, strict=True))
            for values in rows.values_list(*self.attributes.values())
        }


class Before:
    """What leads were when a file was made: the fields that have changed since a version, with their value then."""

    def __init__(self, attributes: dict[str, str]) -> None:
        names = {attribute: name for name, attribute in attributes.items()}
        self.by_column = {
            column.column: names[column.attname]
            for column in Lead._meta.local_concrete_fields
            if column.attname in names
        }

    def of(self, wanted: dict[int, int]) -> dict[int, dict[str, tuple[Any, Change]]]:
        """`wanted` are ids with the version of the file. For each id {field: (value then, last change of it)}."""
        found: dict[int, dict[str, tuple[Any, Change]]] = {pk: {} for pk in wanted}
        rows = (
            Change.objects.filter(table="lead", row__in=list(wanted))
            .select_related("operation__by")
            .order_by("id")
        )
        for change in rows:
            if change.version <= wanted[change.row]:
                continue
            touched = found[change.row]
            for column, (old, _new) in (change.fields or {}).items():
                name = self.by_column.get(column)
                if name:
                    then = touched[name][0] if name in touched else as_value(name, old)
                    touched[name] = (then, change)
        return found


def as_value(name: str, recorded: Any) -> Any:
    """A recorded value with the type that the column has in Python."""
    column = cast(Field, Lead._meta.get_field(name))
    if recorded is None or column.is_relation or isinstance(recorded, list):
        return recorded
    return column.to_python(recorded)
