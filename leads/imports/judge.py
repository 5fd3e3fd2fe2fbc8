"""What becomes of one row: a new lead with these values, or a known one with these changes, or errors."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.excel.cells import cut
from crm.excel.widgets import tidy
from leads.excel import ALONG, ONLY_FOR_NEW, LeadResource
from leads.imports.clean import Cell, split_name
from leads.imports.columns import WHOLE_NAME
from leads.imports.options import FILL, Options
from leads.imports.rules import Errors, Rules
from leads.models import Lead
from leads.phones import normal_phones

# Fields that cannot be empty; an empty cell never empties them.
NEVER_EMPTY = ["status", "source", "department", "currency", "vip", "shared"]
BLANK: dict[str, Any] = {
    "tags": [],
    "owner": None,
    "value": None,
    "lost_reason": None,
    "next_action_on": None,
}


@dataclass
class Judged:
    """`values` to write, by field; `old` what a change replaces; `conflicts` {field: value there now}, whoever prevails;
    `unknown` what the row names although it does not exist here, as pairs of field and name."""

    values: dict[str, Any] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)


class Judge:
    def __init__(self, resource: LeadResource, rules: Rules, options: Options) -> None:
        self.resource, self.rules, self.options = resource, rules, options

    def new(self, cells: dict[str, Cell], lines: list[str]) -> Judged:
        """A lead to be added. `lines` are what the description gets from columns that have no field."""
        judged = Judged()
        values = judged.values
        for name, cell in cells.items():
            judged.unknown += [(name, text) for text in cell.unknown]
            if cell.error:
                judged.errors.append((name, cell.error))
            elif not cell.empty and not cell.clears and name not in ALONG:
                values[name] = cell.value
        if WHOLE_NAME in values:
            values["first_name"], values["last_name"] = split_name(values.pop(WHOLE_NAME))
        if lines:
            values["description"] = "\n".join([values.get("description", ""), *lines]).strip()
        chosen = "department" in values
        self._fill_in(values)
        if judged.errors:
            return judged
        rules = self.rules
        judged.errors += rules.place(values, chosen=chosen) + rules.chosen(values) + rules.enter(values)
        judged.errors += rules.reason(values) + rules.times(values) + rules.named(values) + too_long(values)
        values |= normal_phones(values, rules.country_of(values.get("department")))
        return judged

    def _fill_in(self, values: dict[str, Any]) -> None:
        """What new leads get where their cell is empty."""
        defaults = self.options.defaults
        for name in ("status", "source", "owner", "department", "country", "currency"):
            if values.get(name) in (None, "") and defaults.get(name):
                values[name] = defaults[name]
        if defaults.get("tags"):
            values["tags"] = sorted({*values.get("tags", []), *defaults["tags"]}, key=str)
        if not values.get("lost_reason") and self.rules.needs_reason(values.get("status")):
            values["lost_reason"] = defaults.get("lost_reason")

    def known(
        self,
        cells: dict[str, Cell],
        lead: dict[str, Any],
        *,
        base: dict[str, Any] | None,
        choice: str,
        takes: list[str],
    ) -> Judged:
        """A lead that the row changes. `lead` holds its values by field; `base` those that were other when the file was
        made (None: the file does not know); `takes` are fields in which the file goes before a newer edit."""
        judged = Judged()
        for name, cell in cells.items():
            if name in ALONG or name in ONLY_FOR_NEW:
                continue
            if name == WHOLE_NAME:
                self._compare_name(judged, cell, lead, choice)
            else:
                self._compare(judged, name, cell, lead, base, choice, takes)
        if judged.values:
            self._check_change(judged, lead)
        judged.old = {name: lead[name] for name in judged.values if name in lead}
        return judged

    def _compare(self, judged: Judged, name, cell: Cell, lead, base, choice: str, takes: list[str]) -> None:
        now = lead[name]
        rendering = self.resource.widget(name).rendering
        if (cell.error or cell.unknown) and cell.shown == tidy(
            str(rendering(now) if rendering else now or "")
        ):
            # As it was written out: nobody has touched the cell.
            return
        judged.unknown += [(name, text) for text in cell.unknown]
        if cell.error:
            judged.errors.append((name, cell.error))
            return
        if cell.empty or cell.clears:
            # Only who has the file from here can have emptied the cell on purpose.
            if not cell.clears and not (self.options.empties and base is not None):
                return
            if name in NEVER_EMPTY:
                if cell.clears:
                    judged.errors.append((name, _("This cannot be emptied.")))
                return
            value = BLANK.get(name, "")
        else:
            value = cell.value
            if name == "tags" and base is None:
                value = sorted({*value, *now}, key=str)
        if same(now, value) or (choice == FILL and now not in (None, "", [])):
            return
        if base and name in base:
            if same(base[name], value):
                return
            judged.conflicts[name] = now
            if name not in takes:
                return
        judged.values[name] = value

    def _compare_name(self, judged: Judged, cell: Cell, lead, choice: str) -> None:
        whole = f"{lead['first_name']} {lead['last_name']}".strip()
        if cell.empty or cell.clears or cell.shown == whole or (choice == FILL and whole):
            return
        for name, value in zip(("first_name", "last_name"), split_name(cell.shown), strict=True):
            if value != lead[name]:
                judged.values[name] = value

    def _check_change(self, judged: Judged, lead: dict[str, Any]) -> None:
        values, rules = judged.values, self.rules
        merged = {**lead, **values}
        if {"owner", "department"} & set(values):
            self._check_place(judged, lead, merged)
        if "status" in values:
            pipeline = rules.statuses[lead["status"]].pipeline_id
            if not rules.needs_reason(values["status"]):
                for name in ("lost_reason", "lost_remark"):
                    if lead[name] and name not in values:
                        values[name] = merged[name] = BLANK.get(name, "")
            elif not merged["lost_reason"]:
                values["lost_reason"] = merged["lost_reason"] = self.options.defaults.get("lost_reason")
            judged.errors += rules.enter(merged, pipeline)
        if {"lost_reason", "lost_remark", "status"} & set(values):
            judged.errors += rules.reason(merged)
        added = [tag for tag in values.get("tags", []) if tag not in lead["tags"]]
        judged.errors += rules.chosen({**values, "tags": added}) + rules.named(merged) + too_long(values)
        values |= normal_phones(values, rules.country_of(merged["department"]))

    def _check_place(self, judged: Judged, lead, merged) -> None:
        values, rules = judged.values, self.rules
        if not rules.may_assign:
            name = "owner" if "owner" in values else "department"
            judged.errors.append((name, _("You may not assign leads to others.")))
            return
        if "department" in values and "owner" not in values and lead["owner"]:
            row = rules.owners.get(lead["owner"])
            if row is None or values["department"] not in row.department_ids:
                # As a change of department does it: who does not belong there loses the lead.
                values["owner"] = merged["owner"] = None
        judged.errors += rules.place(merged, chosen="department" in values)
        if merged["department"] != lead["department"]:
            values["department"] = merged["department"]


def too_long(values: dict[str, Any]) -> Errors:
    """Names that were put together of several cells."""
    found = []
    for name in ("first_name", "last_name", "description"):
        most = getattr(Lead._meta.get_field(name), "max_length", None)
        if most and len(values.get(name) or "") > most:
            found.append((name, _("Longer than %(most)s characters.") % {"most": most}))
    return found


def same(now: Any, value: Any) -> bool:
    """Whether a value of the database is what a cell says; a text that Excel had to cut counts as whole."""
    if isinstance(now, str) and isinstance(value, str):
        plain = tidy(now)
        return plain == value or (len(value) > 30_000 and cut(plain).strip() == value)
    if isinstance(now, list):
        return sorted(map(str, now)) == sorted(map(str, value))
    return bool(now == value)


def plain(value: Any) -> Any:
    """A value as JSON that PostgreSQL reads back with the type of the column."""
    if value is None or type(value) in (str, int, bool, list):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return getattr(value, "code", value)
