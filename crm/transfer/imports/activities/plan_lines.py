"""The plan of a sheet with activities as its page shows it."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Activity, Import, PlannedRow
from crm.records.history.timeline import get_recorded_text
from crm.templatetags.look import number
from crm.transfer.imports.activities.sheet_columns import SheetCells
from crm.transfer.imports.plan.plan_lines import ChangedCell, PlanPage
from crm.work.activities.sheet import EDITED, get_column_label

# Longer texts are shown from a little before the place where they differ.
SHOWN, BEFORE = 200, 30


class ActivityPlanPage(PlanPage):
    """Each row shows the record of its activity."""

    def __init__(self, imported: Import, user, data: QueryDict) -> None:
        super().__init__(imported, user, data)
        model: Any = Activity
        self.by_column = {name: model._meta.get_field(name) for name in ("type", *EDITED)}
        self.by_column["author"] = model._meta.get_field("created_by")

    def counted(self, count):
        return describe_activity_count(count)

    def _records(self, wanted):
        rows: Any = self.kind.model.objects
        return dict(rows.present().visible_to(self.user).in_bulk(wanted))

    def _choices(self, planned):
        return []

    @property
    def known_values(self):
        return [name for name in ("type", "outcome") if name in self.imported.mapping]

    def offers(self):
        cells = SheetCells(self.kind, self.user, day_first=self.imported.options["day_first"])
        return {
            f"known-{name}": list(getattr(cells.widget(name), "choices", ())) for name in self.known_values
        }

    def _changes(self, planned):
        return [self._change(planned, name) for name in planned.values]

    def _change(self, planned: PlannedRow, name: str) -> ChangedCell:
        old, new = self._text(name, planned.old.get(name)), self._text(name, planned.values[name])
        start = first_difference(old, new)
        return ChangedCell(get_column_label(name), get_excerpt(old, start), get_excerpt(new, start))

    def _standing(self, planned):
        names = ("type", "at", "outcome", "text")
        found = [
            ChangedCell(get_column_label(name), "", get_excerpt(self._text(name, planned.values[name]), 0))
            for name in names
        ]
        if "author" not in self.imported.mapping:
            return found
        return [*found, ChangedCell(_("Author"), "", self._text("author", planned.values.get("author")))]

    def _text(self, column, value):
        return get_recorded_text(self.by_column[column], value, self.user)

    def _heading(self, column):
        return get_column_label(column)

    def _column(self, name):
        return name


def describe_activity_count(count: int) -> str:
    """ "3 activities"."""
    words = ngettext("%(number)s activity", "%(number)s activities", count)
    return words % {"number": number(count)}


def first_difference(old: str, new: str) -> int:
    pairs = zip(old, new, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def get_excerpt(text: str, start: int) -> str:
    """The part of a text that shows the difference that starts here."""
    if start <= 2 * BEFORE:
        return text[:SHOWN]
    return f"…{text[start - BEFORE : start + SHOWN]}"


def settings_of_activities(imported: Import) -> list[str]:
    """What applies to all rows of the preview, as sentences."""
    found, fixed = [], imported.counts.get("fixed", 0)
    if fixed:
        words = ngettext(
            "%(number)s row is an email or a file. It stays as it is.",
            "%(number)s rows are emails or files. They stay as they are.",
            fixed,
        )
        found.append(words % {"number": number(fixed)})
    places = range(len(imported.columns))
    if skipped := [imported.heading(place) for place in places if not imported.mapping[place]]:
        found.append(_("Columns that aren’t read: %(columns)s.") % {"columns": ", ".join(skipped)})
    return found
