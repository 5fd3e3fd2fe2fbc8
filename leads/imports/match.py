"""Which lead a row is: by its id, its e-mail, its phone; among the leads that the importer may change, and in the file.

A lead that the importer may not change is looked for nowhere: it is as if it did not exist.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Field

from crm.models import Change
from leads.excel import LeadResource
from leads.imports.columns import WHOLE_NAME
from leads.imports.options import Options
from leads.models import Lead
from leads.phones import normal_phone
from leads.sorts import folded

# The column of the database in which each field is looked up.
COLUMNS = {
    "name": "name_key", "company": "company_key", "address": "address_key", "second_email": "second_email_key",
    "phone": "phone_normal", "mobile": "mobile_normal", "website": "website",
}  # fmt: skip
KEY_CHARACTERS = 100


@dataclass
class Keys:
    """By what one row can be recognised."""

    id: int | None = None
    email: str = ""
    phone: str = ""
    field: str = ""

    def shared(self, found: "Found") -> list[str]:
        """What makes this row the same as another one that has one of them, too."""
        leads = {
            self.id,
            found.by_email.get(self.email),
            found.by_phone.get(self.phone),
            found.by_field.get(self.field),
        }
        texts = [("email", self.email), ("phone", self.phone), ("field", self.field)]
        return [f"id:{pk}" for pk in leads if pk] + [f"{name}:{text}" for name, text in texts if text]


@dataclass
class Found:
    """The leads that some rows may be: their values by field, by id, and the ids by key. `several` are keys of the chosen
    field that more than one lead has, with their number."""

    leads: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_phone: dict[str, int] = field(default_factory=dict)
    by_field: dict[str, int] = field(default_factory=dict)
    several: dict[str, int] = field(default_factory=dict)


def folded_email(text: str) -> str:
    """As leadwell_fold_email() in the database."""
    return unicodedata.normalize("NFKC", text.strip()).lower()


def key_in(name: str, values: dict[str, Any], country: str) -> str:
    """What a row or a lead says in a field by which it can be recognised, as the database keeps it for looking up."""
    if name == "name":
        whole = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
        return folded(values.get(WHOLE_NAME) or whole)[:KEY_CHARACTERS]
    text = values.get(name) or ""
    if name == "second_email":
        return folded_email(text)
    if name in ("phone", "mobile"):
        return normal_phone(text, country)
    return text if name == "website" else folded(text)[:KEY_CHARACTERS]


def key_planned(name: str, values: dict[str, Any]) -> str:
    """The same of a planned lead, whose phones stand in their normal form already."""
    return values.get(COLUMNS[name], "") if name in ("phone", "mobile") else key_in(name, values, "")


def keys_of(values: dict[str, Any], options: Options, country: str) -> Keys:
    """`values` are the cleaned values of a row by field."""
    keys, wanted = Keys(), options.keys
    if "id" in wanted:
        keys.id = values.get("id")
    if "email" in wanted:
        keys.email = folded_email(values.get("email") or "")
    if "phone" in wanted:
        keys.phone = normal_phone(values.get("phone") or values.get("mobile") or "", country)
    if "field" in wanted:
        keys.field = key_in(options.key, values, country)
    return keys


class Matcher:
    """Looks leads up, many rows at once."""

    def __init__(self, user, resource: LeadResource, key: str) -> None:
        self.column = COLUMNS[key]
        self.rows = Lead.objects.present().changeable_by(user)
        self.attributes = {
            name: column.attribute for name, column in resource.fields.items() if name != "newsletter"
        }

    def find(self, rows: list[Keys]) -> Found:
        found = Found()
        ids = [keys.id for keys in rows if keys.id]
        emails = {keys.email for keys in rows if keys.email}
        phones = {keys.phone for keys in rows if keys.phone}
        texts = {keys.field for keys in rows if keys.field}
        if ids:
            found.leads |= self._values(self.rows.filter(pk__any=ids))
        # Of several the newest counts.
        if emails:
            with_email = self.rows.filter(email_key__in=emails).exclude(email_key="").order_by("pk")
            found.by_email = dict(with_email.values_list("email_key", "pk"))
        if phones:
            with_phone = self.rows.filter(phone_normal__in=phones).exclude(phone_normal="").order_by("pk")
            found.by_phone = dict(with_phone.values_list("phone_normal", "pk"))
        if texts:
            self._find_by_field(found, sorted(texts))
        others = {*found.by_email.values(), *found.by_phone.values(), *found.by_field.values()}
        others -= found.leads.keys()
        if others:
            found.leads |= self._values(self.rows.filter(pk__any=sorted(others)))
        return found

    def _find_by_field(self, found: Found, texts: list[str]) -> None:
        """What stands in several leads, such as the name of a company, does not say which one is meant."""
        with_text: dict[str, list[int]] = defaultdict(list)
        rows = self.rows.filter(**{f"{self.column}__in": texts}).order_by("pk")
        for text, pk in rows.values_list(self.column, "pk"):
            with_text[text].append(pk)
        for text, ids in with_text.items():
            if len(ids) == 1:
                found.by_field[text] = ids[0]
            else:
                found.several[text] = len(ids)

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
