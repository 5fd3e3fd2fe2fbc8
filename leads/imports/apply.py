"""Apply: exactly the plan, in one operation; what somebody has changed meanwhile is named and stays."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.notices import tell
from crm.change import carry_out, in_chunks, operation
from crm.models import Operation, Verdict
from leads.imports.clean import TO_MAKE
from leads.imports.make import make_missing
from leads.imports.match import COLUMNS, folded_email, key_planned
from leads.imports.options import Options
from leads.imports.rules import Rules
from leads.models import Import, Lead, PlannedRow
from leads.verbs.import_file import ImportFile
from leads.verbs.reasons import sentence

# Between two statements of a job the other users of the machine come first: a pause of this share of the statement.
PAUSE_SHARE = 0.15


class Stale(Exception):
    """The plan no longer holds: a sentence says why. Nothing was written."""


def apply(imported: Import, *, by, progress: Callable[[int, int], None] | None = None) -> Operation:
    """Do it. Called a second time, or while another one does it, it gives the operation of the first time.

    Raises Stale.
    """
    begun = time.monotonic()
    with transaction.atomic():
        imported = _taken(imported)
        if imported.state == Import.State.DONE and imported.operation:
            return imported.operation
        if imported.counts.get("add"):
            _only_one_adds()
        if imported.state != Import.State.PLAN:
            raise Stale(_("There is no plan to apply. Check the file again."))
        _still_allowed(imported, by)
        verb = ImportFile(imported)
        with operation(
            "import", by=by, channel=Operation.Channel.IMPORT, parameters=verb.parameters()
        ) as record:
            make_missing(imported, by)
            late = _known_by_now(imported, by)
            paced = _paced(progress, imported)
            added = _add(verb, by, paced)
            outcome = carry_out(
                verb,
                Lead.objects.present().changeable_by(by),
                by=by,
                wanted=_wanted(imported),
                joined=record,
                progress=lambda done, total: paced(len(added) + done),
            )
            _receipt(imported, record, added, outcome, late)
            if not Options.of(imported).silent:
                _announce(imported, record, added, outcome.changed)
            record.milliseconds = round((time.monotonic() - begun) * 1000)
            record.save()
        imported.save()
    return record


def _taken(imported: Import) -> Import:
    """The import as it is now, held by nobody else: the guard against doubles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [imported.pk % 2**31])
    return Import.objects.select_for_update(no_key=True).get(pk=imported.pk)


def _only_one_adds() -> None:
    """Imports that add leads do so one after the other, so that the same people in two files are added once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports that add'), 0)")


def _still_allowed(imported: Import, by) -> None:
    """What the plan hands out is asked again: departments, owners, statuses and sources may have changed since."""
    if not by.has_perm("leads.import_lead") or not by.has_perm("leads.add_lead"):
        raise Stale(_("You may no longer import leads."))
    rules = Rules(by)
    if imported.counts.get("change") and not rules.may_change:
        raise Stale(_("You may no longer change leads. Check the file again."))
    allowed = {
        "department_id": {str(pk) for pk in rules.allowed_departments},
        "owner_id": {str(pk) for pk in rules.owners},
        "status_id": {str(pk) for pk, status in rules.statuses.items() if not status.retired},
    }
    with connection.cursor() as cursor:
        for column, ids in allowed.items():
            cursor.execute(
                """SELECT DISTINCT "values"->>%s FROM leads_plannedrow
                   WHERE of_id = %s AND action <> '' AND "values"->>%s IS NOT NULL""",
                [column, imported.pk, column],
            )
            if any(value not in ids and not value.startswith(TO_MAKE) for (value,) in cursor.fetchall()):
                raise Stale(
                    _(
                        "Owners, departments or statuses have changed since the plan was made. Check the file again."
                    )
                )


def _paced(progress, imported: Import) -> Callable[[int], None]:
    """Tells how far it is, and lets others have their turn."""
    total = imported.counts.get("add", 0) + imported.counts.get("change", 0)
    last = time.monotonic()

    def paced(done: int) -> None:
        nonlocal last
        if progress:
            progress(done, total)
            time.sleep((time.monotonic() - last) * PAUSE_SHARE)
        last = time.monotonic()

    return paced


def _add(verb: ImportFile, by, paced: Callable[[int], None]) -> list[tuple[int, int | None]]:
    planned = PlannedRow.objects.filter(of=verb.imported, action="add").in_order()
    added: list[tuple[int, int | None]] = []
    for rows in in_chunks(list(planned.values_list("row", flat=True))):
        added += verb.add(rows, by=by)
        paced(len(added))
    return added


def _wanted(imported: Import) -> list[int]:
    planned = PlannedRow.objects.filter(of=imported, action="change")
    return sorted(pk for pk in planned.values_list("lead", flat=True) if pk)


def _known_by_now(imported: Import, by) -> int:
    """Rows planned as new whose lead somebody else has added meanwhile are left out. Returns how many."""
    options, since = Options.of(imported), imported.counts.get("last_lead", 0)
    newer = Lead.objects.present().changeable_by(by).filter(pk__gt=since)
    known = {
        name: set(newer.exclude(**{column: ""}).values_list(column, flat=True))
        for name, column in (
            ("email", "email_key"),
            ("phone", "phone_normal"),
            ("field", COLUMNS[options.key]),
        )
        if name in options.keys
    }
    if not any(known.values()):
        return 0
    planned = PlannedRow.objects.filter(of=imported, action="add").with_verdict(PlannedRow.Verdict.NEW)
    rows = [
        row
        for row, values in planned.values_list("row", "values").iterator(chunk_size=2_000)
        if folded_email(values.get("email") or "") in known.get("email", ())
        or values.get("phone_normal") in known.get("phone", ())
        or key_planned(options.key, values) in known.get("field", ())
    ]
    reason = [[None, sentence("known_since_plan")]]
    return PlannedRow.objects.filter(of=imported).numbered(rows).update(action="", errors=reason)


def _receipt(imported: Import, record: Operation, added, outcome, late: int) -> None:
    """The counts of the operation and of the import; together they are all rows of the file."""
    counts = imported.counts
    changed = len(outcome.changed)
    left_out = _left_out(counts)
    counts["added"], counts["done"] = len(added), changed
    counts["refused"] = {code: len(ids) for code, ids in outcome.refused.items()}
    if outcome.hidden:
        counts["refused"]["hidden"] = outcome.hidden
    if late:
        counts["refused"]["known_since_plan"] = late
    record.matched = imported.rows
    record.changed = len(added) + changed
    record.unchanged = counts.get("unchanged", 0) + len(outcome.unchanged)
    record.refused = record.matched - record.changed - record.unchanged
    kept = [("changed", "", [pk for pk, _owner in added] + outcome.changed)]
    kept += [("refused", code, ids) for code, ids in outcome.refused.items()]
    verdicts = [
        Verdict(operation=record, word=word, reason=reason, ids=ids, count=len(ids))
        for word, reason, ids in kept
        if ids
    ]
    counted = [("row_error", counts.get("error", 0)), ("row_left_out", left_out), ("hidden", outcome.hidden)]
    counted.append(("known_since_plan", late))
    verdicts += [
        Verdict(operation=record, word="refused", reason=code, count=count)
        for code, count in counted
        if count
    ]
    Verdict.objects.bulk_create(verdicts)
    imported.state, imported.operation, imported.ended_at = Import.State.DONE, record, timezone.now()


def _left_out(counts: dict) -> int:
    """Rows that the plan does nothing with although they hold something: duplicates and others left out."""
    done_with = (
        counts.get("add", 0) + counts.get("change", 0) + counts.get("unchanged", 0) + counts.get("error", 0)
    )
    rows = sum(counts.get(verdict, 0) for verdict in PlannedRow.Verdict.values)
    return rows - done_with


def _announce(
    imported: Import, record: Operation, added: list[tuple[int, int | None]], changed: list[int]
) -> None:
    """One message for each owner, however many leads they get."""
    from accounts.models import User

    gained: dict[int, list[int]] = defaultdict(list)
    for pk, owner in [*added, *_new_owners(imported, changed)]:
        if owner and owner != record.by_id:
            gained[owner].append(pk)
    for user in User.objects.filter(pk__in=gained):
        tell(user, "assigned", record, gained[user.pk])


def _new_owners(imported: Import, changed: list[int]) -> Iterator[tuple[int, int | None]]:
    planned = PlannedRow.objects.filter(of=imported, action="change", values__has_key="owner_id")
    done = set(changed)
    for lead, values in planned.values_list("lead", "values"):
        if lead in done:
            yield lead, values["owner_id"]
