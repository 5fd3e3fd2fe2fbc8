"""The options of an import: what the mapping form asks, with the defaults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.fields.person_name_parts import split_name
from crm.models import Import
from crm.transfer.imports.check.import_rules import ImportRules

# How a record is recognized, most reliable first; the parts of the name are those of Options.keys.
MATCH_CHOICES = [
    ("id_email", _("By ID, then by email")),
    ("id_email_phone", _("By ID, then by email, then by phone")),
    ("email", _("By email only")),
    ("none", _("Don’t match, add every row as new")),
    ("id_field", _("By ID, then by the field chosen below")),
    ("id_field_email", _("By ID, then by the field chosen below, then by email")),
    ("id", _("By ID only")),
]
MODE_CHOICES = [
    ("both", _("Add new records and update existing ones")),
    ("create", _("Only add new records")),
    ("update", _("Only update existing records")),
]
# What to do with a row that looks like an existing record.
UPDATE, FILL, LEAVE, ADD = "update", "fill", "leave", "new"
DUPLICATE_CHOICES = [
    (UPDATE, _("Update the record")),
    (FILL, _("Fill in empty fields only")),
    (LEAVE, _("Skip")),
    (ADD, _("Add as a new record")),
]
# The first choice of a new import, if a higher app has rules for it (duplicates/existing_record_policies.py).
FIRST_CHOICE: list[Callable[[], str]] = []
# What to do with a row that repeats an earlier row of the file.
REPEATED_CHOICES = [(LEAVE, _("Skip")), (ADD, _("Add as a new record"))]

# The options that are detected for each file.
FORMATS = ("day_first", "day_orders", "decimal", "mixed")
# An empty cell leaves a field unchanged, unless the file was exported from here or the cell contains this.
CLEAR_MARK = "=CLEAR"


@dataclass(frozen=True)
class ImportOptions:
    match: str = "id_email"
    key: str = "company"
    mode: str = "both"
    duplicates: str = UPDATE
    repeated: str = LEAVE
    empties: bool = False
    # Whether the day comes first in text cells: in columns that don't show it, and in the others by field.
    day_first: bool = True
    day_orders: dict[str, bool] = field(default_factory=dict)
    decimal: str = "."
    # The columns whose numbers have decimal points and decimal commas, by field.
    mixed: list[str] = field(default_factory=list)
    silent: bool = False
    # Link rows to existing records of another kind that their text means.
    link: bool = False
    # The field whose text is the name of a new record without one.
    name_from: str = ""
    # Whether whole names begin with the last name; None for a file without whole names.
    last_name_first: bool | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    # Whether rules find the owners of new records without one, for kinds that have such rules.
    by_rules: bool = False

    @classmethod
    def from_import(cls, imported: Import) -> "ImportOptions":
        return cls(**imported.options)

    @property
    def reading(self) -> dict[str, Any]:
        """How text cells are read."""
        return {name: getattr(self, name) for name in FORMATS}

    def split_name(self, whole: str) -> tuple[str, str]:
        """First and last name."""
        return split_name(whole, last_first=bool(self.last_name_first))

    @property
    def keys(self) -> list[str]:
        """How a record is recognized, most reliable first."""
        return [] if self.match == "none" else self.match.split("_")


def get_match_choices(rules: type[ImportRules]) -> list[tuple[str, Any]]:
    """The MATCH entries that the kind supports, the default first: for kinds without an email, by ID and a field."""
    missing = {"email" if not rules.email else "", "phone" if not rules.phones else ""}
    found = [(name, label) for name, label in MATCH_CHOICES if not missing & set(name.split("_"))]
    if rules.match:
        return sorted(found, key=lambda way: way[0] != rules.match)
    return found if rules.email else sorted(found, key=lambda way: way[0] == "none")


def get_default_options(rules: ImportRules, mapping: list[str]) -> dict[str, Any]:
    """The defaults for a file with this mapping, without its date and number formats."""
    unique = [name for name in mapping if name in rules.unique_fields]
    found = ImportOptions(
        duplicates=next((ask() for ask in FIRST_CHOICE), UPDATE),
        empties="id" in mapping and "version" in mapping,
        match=_get_initial_match(rules, mapping, unique),
        key=[*unique, rules.keys[0]][0],
        defaults=rules.get_first_defaults(),
    )
    return {name: value for name, value in vars(found).items() if name not in FORMATS}


def _get_initial_match(rules: ImportRules, mapping: list[str], unique: list[str]) -> str:
    """By a unique field if the file has one, else also by phone if the file has phones."""
    ways = [name for name, _label in get_match_choices(type(rules))]
    if unique:
        return "id_field_email" if rules.email in mapping and "id_field_email" in ways else "id_field"
    has_phones = any(name in mapping for name in rules.phones)
    return "id_email_phone" if has_phones and "id_email_phone" in ways else ways[0]


def keep_valid_options(options: dict[str, Any], rules: ImportRules) -> dict[str, Any]:
    """Options chosen for another file; defaults that no longer exist are replaced by the initial ones."""
    first, offered = rules.get_first_defaults(), rules.choices
    defaults = dict(options["defaults"])
    for name, value in defaults.items():
        there = {str(choice) for choice, _label in offered.get(name, [])}
        if name == "tags":
            defaults[name] = [pk for pk in value if str(pk) in there]
        elif value and str(value) not in there:
            defaults[name] = first.get(name)
    found = {**options, "defaults": defaults}
    if options.get("key") not in rules.matched_by:
        # A field that is no longer unique, or that this user doesn't see.
        found["key"] = rules.keys[0]
        if "field" in options["match"].split("_"):
            found["match"] = get_match_choices(type(rules))[0][0]
    return found
