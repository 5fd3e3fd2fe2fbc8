"""Apply: exactly the plan, in one operation; records that a colleague has changed since are listed and stay unchanged."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import lock_types
from crm.models import Import, Operation, PlannedRow
from crm.platform.sql.chunks import in_chunks
from crm.platform.web.notifications import tell
from crm.platform.web.transactions import retry_once
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.activities.activity_application import WrittenActivities, apply_activities
from crm.transfer.imports.apply.choice_creation import make_missing
from crm.transfer.imports.apply.custom_value_writing import get_custom_field_types
from crm.transfer.imports.apply.import_locks import lock_against_same_imports
from crm.transfer.imports.apply.import_verb import ImportFile
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.apply.stale_plan import Stale
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules
from crm.transfer.imports.check.namesakes import LateRecords
from crm.transfer.imports.check.record_matching import Recognition
from crm.transfer.imports.check.rules_by_kind import rules_of
from crm.transfer.imports.check.unique_values import skip_taken_rows
from crm.transfer.imports.check.value_decisions import get_reactivated_values
from crm.transfer.imports.columns.file_columns import get_read_only_field_names
from crm.transfer.imports.columns.import_options import Options
from crm.transfer.imports.columns.new_fields import make_choices, make_fields
from crm.transfer.imports.links.links_within_file import NamedRows, skip_refused_rows
from crm.transfer.imports.links.new_records import add_links, lock_linked_records
from crm.transfer.imports.tasks.task_application import TaskWriting

# Other users of the machine take priority: after each statement, a job pauses for this share of its duration.
PAUSE_SHARE = 0.15


@retry_once
def apply(imported: Import, *, by, progress: Callable[[int, int], None] | None = None) -> Operation:
    """Apply the plan. A second call, even a simultaneous one, returns the operation of the first.

    Raises Stale.
    """
    begun = time.monotonic()
    with transaction.atomic():
        imported = _lock_import(imported)
        if imported.state == Import.State.DONE and imported.operation:
            return imported.operation
        if imported.counts.get("add"):
            lock_against_same_imports(imported, by=by)
        if imported.state != Import.State.PLAN:
            raise Stale(_("There are no changes to apply. Check the file again."))
        if imported.activities:
            writing = TaskWriting if imported.tasks else WrittenActivities
            return apply_activities(
                imported,
                by=by,
                paced=_build_paced_progress(progress, imported),
                begun=begun,
                writing_of=writing,
            )
        kind = KINDS[imported.table]
        rules_of(kind).hold()
        rules = rules_of(kind)(kind, by)
        again = get_reactivated_values(imported.decisions, kind.resource(kind, by), rules.makers)
        rules.use_again(again)
        _check_still_allowed(imported, rules)
        refused = skip_refused_rows(imported, rules)
        lock_linked_records(imported, rules)
        verb = ImportFile(imported)
        with operation(
            verb.kind,
            table=kind.name,
            by=by,
            channel=Operation.Channel.IMPORT,
            parameters=verb.parameters(),
        ) as record:
            make_missing(imported, rules, record, again)
            make_choices(imported, record, by)
            make_fields(imported, record, by)
            late = _skip_rows_known_by_now(imported, rules)
            taken = skip_taken_rows(imported, rules)
            imported.counts["linked"] = add_links(imported, rules, record)
            paced = _build_paced_progress(progress, imported)
            named_rows = NamedRows(imported, rules)
            added = _add(verb, by, paced)
            named_rows.link([pk for pk, _owner in added])
            outcome = carry_out(
                verb,
                kind.model.objects.present().changeable_by(by),
                by=by,
                wanted=_get_changed_record_ids(imported),
                joined=record,
                progress=lambda done, total: paced(len(added) + done),
            )
            done = sorted([*(pk for pk, _owner in added), *outcome.changed])
            rules.follow(record, imported, done)
            write_receipt(
                imported,
                record,
                Outcome(kind.name, changed=done, refused=outcome.refused, hidden=outcome.hidden),
                added=len(added),
                changed=len(outcome.changed),
                already=len(outcome.unchanged),
                late={"known_since_plan": late, "value_taken": taken, **refused},
            )
            if not Options.of(imported).silent:
                _announce(imported, record, added, outcome.changed)
            record.milliseconds = round((time.monotonic() - begun) * 1000)
            record.save()
        imported.save()
    return record


def _lock_import(imported: Import) -> Import:
    """The import in its current state, locked: this prevents applying it twice."""
    return Import.objects.select_for_update(no_key=True).get(pk=imported.pk)


def _check_still_allowed(imported: Import, rules: ImportRules) -> None:
    """Check the plan's departments, owners, statuses, and sources again: they may have changed since."""
    kind, by = rules.kind, rules.user
    if not by.has_perms([kind.right("import"), kind.right("add")]):
        raise Stale(_("You no longer have permission to import these records."))
    if imported.counts.get("change") and not rules.may_change:
        raise Stale(_("You no longer have permission to change these records. Check the file again."))
    if get_read_only_field_names(kind, by).intersection(imported.mapping):
        raise Stale(_("You can no longer edit all fields of the file. Check the file again."))
    lock_types()
    if imported.counts.get("types", {}) != get_custom_field_types(imported):
        raise Stale(
            _("A custom field was changed or deleted since the preview was created. Check the file again.")
        )
    judged_by = rules.judged_by()
    if imported.counts.get("rules", judged_by) != judged_by:
        raise Stale(
            _("The rules of statuses have changed since the preview was created. Check the file again.")
        )
    allowed = rules.allowed()
    with connection.cursor() as cursor:
        for column, ids in allowed.items():
            cursor.execute(
                """SELECT DISTINCT "values"->>%s FROM crm_plannedrow
                   WHERE of_id = %s AND action <> '' AND "values"->>%s IS NOT NULL""",
                [column, imported.pk, column],
            )
            if any(value not in ids and not value.startswith(TO_MAKE) for (value,) in cursor.fetchall()):
                raise Stale(
                    _(
                        "Owners, departments or statuses have changed since the preview was created. "
                        "Check the file again."
                    )
                )


def _build_paced_progress(progress, imported: Import) -> Callable[[int], None]:
    """Reports progress and pauses for others."""
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


def _get_changed_record_ids(imported: Import) -> list[int]:
    planned = PlannedRow.objects.filter(of=imported, action="change")
    return [pk for pk in planned.values_list("record", flat=True) if pk]


def _skip_rows_known_by_now(imported: Import, rules: ImportRules) -> int:
    """Skips rows planned as new whose record a colleague has added since. Returns how many."""
    options, since = Options.of(imported), imported.counts.get("last", 0)
    recognition = Recognition(rules, options, imported)
    columns = {"email": f"{rules.email}_key", "phone": f"{rules.phones[0]}_normal" if rules.phones else ""}
    columns["field"] = "" if recognition.told else recognition.column
    newer = recognition.model.objects.present().changeable_by(rules.user).filter(pk__gt=since)
    known = {
        name: set(newer.exclude(**{column: ""}).values_list(column, flat=True))
        for name, column in columns.items()
        if name in options.keys and column
    }
    namesakes = None
    if recognition.told and "field" in options.keys:
        namesakes = LateRecords(recognition.told, recognition.model, newer, recognition.column)
    if not any(known.values()) and not (namesakes and namesakes.records.records):
        return 0
    planned = PlannedRow.objects.filter(of=imported, action="add").with_verdict(PlannedRow.Verdict.NEW)
    late = []
    for rows in in_chunks(list(planned.in_order().values_list("row", flat=True))):
        late += _find_rows_with_known_keys(planned.numbered(rows), recognition, known, columns, namesakes)
    reason = [[None, get_reason_sentence("known_since_plan")]]
    return PlannedRow.objects.filter(of=imported).numbered(late).update(action="", errors=reason)


def _find_rows_with_known_keys(
    planned,
    recognition: Recognition,
    known: dict[str, set],
    columns: dict[str, str],
    namesakes: LateRecords | None,
) -> list[int]:
    """The rows among these that have one of the known keys."""
    numbers, values = zip(*planned.values_list("row", "values"), strict=True)
    emails = [str(row.get(recognition.rules.email) or "") for row in values]
    texts = recognition.planned_texts(list(values)) if recognition.column else [""] * len(values)
    by_email, by_text = recognition.emails_folded(emails), recognition.texts_folded(texts)
    return [
        number
        for number, row, email, text in zip(numbers, values, emails, texts, strict=True)
        if by_email.get(email) in known.get("email", ())
        or row.get(columns["phone"]) in known.get("phone", ())
        or by_text.get(text) in known.get("field", ())
        or (namesakes and namesakes.has(by_text.get(text, ""), row))
    ]


def _announce(
    imported: Import, record: Operation, added: list[tuple[int, int | None]], changed: list[int]
) -> None:
    """One notification per owner, however many records they get."""
    gained: dict[int, list[int]] = defaultdict(list)
    for pk, owner in [*added, *_new_owners(imported, changed)]:
        if owner and owner != record.by_id:
            gained[owner].append(pk)
    for user in get_user_model()._default_manager.filter(pk__in=gained):
        tell(user, "assigned", record, gained[user.pk])


def _new_owners(imported: Import, changed: list[int]) -> Iterator[tuple[int, int | None]]:
    planned = PlannedRow.objects.filter(of=imported, action="change", values__has_key="owner_id")
    done = set(changed)
    for pk, values in planned.values_list("record", "values"):
        if pk in done:
            yield pk, values["owner_id"]
