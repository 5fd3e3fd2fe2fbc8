"""How an import is to be done: what the form of the columns asks, with what holds until a person chooses."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.imports.rules import ImportRules
from crm.models import Import

# By what a record is recognised, the surest first; the parts of the name are those of Options.keys.
MATCH = [
    ("id_email", _("By id, then by e-mail")),
    ("id_email_phone", _("By id, then by e-mail, then by phone")),
    ("email", _("By e-mail only")),
    ("none", _("Not at all, every row is new")),
    ("id_field", _("By id, then by the field chosen below")),
]
MODE = [
    ("both", _("Add new ones and change known ones")),
    ("create", _("Only add new ones")),
    ("update", _("Only change known ones")),
]
# What to do with a row that looks like a record there is.
UPDATE, FILL, LEAVE, ADD = "update", "fill", "leave", "new"
DUPLICATES = [
    (UPDATE, _("Update it")),
    (FILL, _("Fill its empty fields only")),
    (LEAVE, _("Leave out")),
    (ADD, _("Add as a new one")),
]
# What to do with a row that repeats an earlier row of the file.
REPEATED = [(LEAVE, _("Leave out")), (ADD, _("Add as a new one"))]

# An empty cell leaves a field as it is, unless the file came from here or the cell says so.
CLEAR = "=CLEAR"


@dataclass(frozen=True)
class Options:
    match: str = "id_email"
    key: str = "company"
    mode: str = "both"
    duplicates: str = UPDATE
    repeated: str = LEAVE
    empties: bool = False
    day_first: bool = True
    decimal: str = "."
    silent: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, imported: Import) -> "Options":
        return cls(**imported.options)

    @property
    def keys(self) -> list[str]:
        """By what a record is recognised, the surest first."""
        return [] if self.match == "none" else self.match.split("_")


def ways_to_match(rules: type[ImportRules]) -> list[tuple[str, Any]]:
    """Those of MATCH that the kind knows, the one that holds at first in front: without an e-mail, by id and a field."""
    missing = {"email" if not rules.email else "", "phone" if not rules.phones else ""}
    found = [(name, label) for name, label in MATCH if not missing & set(name.split("_"))]
    return found if rules.email else sorted(found, key=lambda way: way[0] == "none")
