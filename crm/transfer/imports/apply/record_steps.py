"""The steps of applying a plan of records, in their order."""

from collections import defaultdict
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import lock_types
from crm.models import Import, PlannedRow
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.web.notifications import create_notification
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.apply.application_state import Application, Step
from crm.transfer.imports.apply.choice_creation import create_missing_values, get_planned_values
from crm.transfer.imports.apply.custom_value_writing import get_custom_field_types
from crm.transfer.imports.apply.field_creation import create_choices, create_fields
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.apply.stale_plan import StalePlan
from crm.transfer.imports.check.import_rules import TO_MAKE
from crm.transfer.imports.check.namesakes import LateRecords
from crm.transfer.imports.check.record_matching import Recognition
from crm.transfer.imports.check.value_decisions import get_reactivated_values
from crm.transfer.imports.columns.file_columns import get_read_only_field_names
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.links.links_within_file import NamedRows, skip_refused_rows
from crm.transfer.imports.links.new_records import add_links, lock_linked_records


def lock_rules(application: Application) -> None:
    """Keep what the rules read as it is. The retired values that the importer reactivates count as active from now on."""
    imported, rules = application.imported, application.rules
    rules.lock_settings()
    resource = rules.kind.resource(rules.kind, rules.user)
    application.retired = get_reactivated_values(imported.decisions, resource, rules.makers)
    rules.treat_as_active(application.retired)


def check_still_allowed(application: Application) -> None:
    """Check again what the plan assigns, such as owners and statuses: it may have been retired or moved out of reach since."""
    imported, rules = application.imported, application.rules
    kind, by = rules.kind, rules.user
    if not by.has_perms([kind.get_right("import"), kind.get_right("add")]):
        raise StalePlan(_("You no longer have permission to import these records."))
    if imported.counts.get("change") and not rules.may_change:
        raise StalePlan(_("You no longer have permission to change these records. Check the file again."))
    if get_read_only_field_names(kind, by).intersection(imported.mapping):
        raise StalePlan(_("You can no longer edit all fields of the file. Check the file again."))
    lock_types()
    if imported.counts.get("types", {}) != get_custom_field_types(imported):
        raise StalePlan(
            _("A custom field was changed or deleted since the preview was created. Check the file again.")
        )
    judged_by = rules.get_judging_settings()
    if imported.counts.get("rules", judged_by) != judged_by:
        raise StalePlan(
            _("The rules of statuses have changed since the preview was created. Check the file again.")
        )
    for column, ids in rules.get_allowed_values().items():
        planned = get_planned_values(imported, column)
        if any(value not in ids and not value.startswith(TO_MAKE) for value in planned):
            raise StalePlan(
                _(
                    "Values that the file uses, such as owners or statuses, have changed since the preview was created. "
                    "Check the file again."
                )
            )


def skip_rows_known_by_now(application: Application) -> None:
    """Skip rows planned as new whose record a colleague has added since."""
    imported, rules = application.imported, application.rules
    options, since = ImportOptions.from_import(imported), imported.counts["last"]
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
        return
    planned = PlannedRow.objects.filter(of=imported, action="add").with_verdict(PlannedRow.Verdict.NEW)
    late = []
    for rows in split_into_chunks(list(planned.in_order().values_list("row", flat=True))):
        late += _find_rows_with_known_keys(planned.numbered(rows), recognition, known, columns, namesakes)
    reason = [[None, get_reason_sentence("known_since_plan")]]
    skipped = PlannedRow.objects.filter(of=imported).numbered(late).update(action="", errors=reason)
    application.refused["known_since_plan"] = skipped


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
    texts = recognition.get_planned_texts(list(values)) if recognition.column else [""] * len(values)
    by_email, by_text = recognition.fold_emails(emails), recognition.fold_key_texts(texts)
    return [
        number
        for number, row, email, text in zip(numbers, values, emails, texts, strict=True)
        if by_email.get(email) in known.get("email", ())
        or row.get(columns["phone"]) in known.get("phone", ())
        or by_text.get(text) in known.get("field", ())
        or (namesakes and namesakes.has_record(by_text.get(text, ""), row))
    ]


def skip_taken_rows(application: Application) -> None:
    """Skip the planned rows whose value in a unique field another record has got since the plan was made."""
    imported, rules = application.imported, application.rules
    if not rules.unique_fields:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT p."row" FROM crm_plannedrow p CROSS JOIN crm_customfield f
               JOIN crm_uniquevalue u ON u.field = f.id AND u.present
                   AND u.value = leadwell_unique_key(f.type, p."values"->('c' || f.id))
               WHERE p.of_id = %s AND p.action <> '' AND f.id = ANY(%s) AND p."values" ? ('c' || f.id)
               AND (p.action = 'add' OR u.record IS DISTINCT FROM p.record)""",
            [imported.pk, [field.definition.pk for field in rules.unique_fields.values()]],
        )
        late = [row for (row,) in cursor.fetchall()]
    errors = [[None, get_reason_sentence("value_taken")]]
    skipped = PlannedRow.objects.filter(of=imported).numbered(late).update(action="", errors=errors)
    application.refused["value_taken"] = skipped


def add_records(application: Application) -> None:
    """Add the new records in portions, then link those that name each other."""
    verb, added = application.verb, application.added
    named_rows = NamedRows(application.imported, application.rules)
    planned = PlannedRow.objects.filter(of=application.imported, action="add").in_order()
    for rows in split_into_chunks(list(planned.values_list("row", flat=True))):
        added += verb.add(rows, by=application.by)
        application.paced(len(added))
    named_rows.link([pk for pk, _owner in added])
    application.rows["add"] = len(added)


def change_records(application: Application) -> None:
    """Change the existing records, as far as none of them has changed since the plan was made."""
    kind, by, added = application.rules.kind, application.by, len(application.added)
    planned = PlannedRow.objects.filter(of=application.imported, action="change")
    outcome = carry_out(
        application.verb,
        kind.model.objects.present().changeable_by(by),
        by=by,
        wanted=[pk for pk in planned.values_list("record", flat=True) if pk],
        joined=application.record,
        progress=lambda done, total: application.paced(added + done),
    )
    application.outcome = outcome
    application.rows.update(change=len(outcome.changed), unchanged=len(outcome.unchanged))
    application.changed[kind.name] = {*(pk for pk, _owner in application.added), *outcome.changed}


def write_rule_consequences(application: Application) -> None:
    """What else the record type does with what was written."""
    rules = application.rules
    written = sorted(application.changed[rules.kind.name])
    rules.write_consequences(application.record, application.imported, written)


def notify_owners(application: Application) -> None:
    """One notification per owner, however many records they get."""
    imported, record = application.imported, application.record
    if ImportOptions.from_import(imported).silent:
        return
    gained: dict[int, list[int]] = defaultdict(list)
    for pk, owner in [*application.added, *_iterate_new_owners(imported, application.outcome.changed)]:
        if owner and owner != record.by_id:
            gained[owner].append(pk)
    for user in get_user_model()._default_manager.filter(pk__in=gained):
        create_notification(user, "assigned", record, gained[user.pk])


def _iterate_new_owners(imported: Import, changed: list[int]) -> Iterator[tuple[int, int | None]]:
    planned = PlannedRow.objects.filter(of=imported, action="change", values__has_key="owner_id")
    done = set(changed)
    for pk, values in planned.values_list("record", "values"):
        if pk in done:
            yield pk, values["owner_id"]


RECORD_STEPS: tuple[Step, ...] = (
    lock_rules,
    check_still_allowed,
    skip_refused_rows,
    lock_linked_records,
    create_missing_values,
    create_choices,
    create_fields,
    skip_rows_known_by_now,
    skip_taken_rows,
    add_links,
    add_records,
    change_records,
    write_rule_consequences,
    write_receipt,
    notify_owners,
)
