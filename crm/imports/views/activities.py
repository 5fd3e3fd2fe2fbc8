"""Step two of an import of activities: what the columns are, which follows from their headers."""

from typing import Any

from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.activities.sheet import headings
from crm.excel.cells import letters
from crm.imports.activities.forms import ActivityColumnsForm
from crm.imports.activities.programs import SUBJECT
from crm.imports.before import imported_before
from crm.imports.jobs import check_now_or_later
from crm.imports.notes import warnings_on
from crm.imports.own import file_in_words
from crm.imports.sheets import drawn_part
from crm.imports.tasks.columns import OF_KIND
from crm.models import Import
from crm.models.import_file import OF_TASKS
from crm.records.kinds import KINDS
from crm.tasks.sheet import headings as headings_of_tasks


def columns_of_activities(request, imported: Import):
    data = request.POST if request.method == "POST" else None
    form = ActivityColumnsForm(data, initial=ActivityColumnsForm.first(imported))
    if data is not None and form.is_valid():
        imported.options |= form.chosen()
        imported.save(update_fields=["options"])
        check_now_or_later(imported)
        return redirect("imports:import", imported.pk)
    context = drawn(imported) | {"form": form}
    return render(request, "imports/activities.html", context, status=200 if data is None else 422)


def drawn(imported: Import) -> dict[str, Any]:
    kind = KINDS[imported.table]
    names = named(imported)
    return {
        "imported": imported,
        "kind": kind,
        "file": file_in_words(imported),
        "warnings": warnings_on(imported),
        "lines": [
            {"letter": letters(place + 1), "column": column, "field": names[place]}
            for place, column in enumerate(imported.columns)
        ],
        "read": sum(map(bool, names)),
        **imported_before(imported),
        **drawn_part(imported),
    }


def named(imported: Import) -> list[str]:
    """What each column is, '' for those that aren't read."""
    kind = KINDS[imported.table]
    if imported.tasks:
        tasks = headings_of_tasks() | {
            f"{OF_KIND}{name}": str(other.words.one) for name, other in KINDS.items()
        }
        return [str(capfirst(tasks.get(name.removeprefix(OF_TASKS), ""))) for name in imported.mapping]
    own = headings(kind) | {SUBJECT: _("Subject")}
    return [own.get(name) or kind.heading(name) if name else "" for name in imported.mapping]
