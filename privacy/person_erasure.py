"""Erasing a person: the records stay as rows that say nothing about who it was, and nothing elsewhere does."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Export, Import, Operation, Task
from crm.platform.files.store import remove_file, remove_unnamed_file
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.platform.web.security_log import write_security_line
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from crm.records.kinds.erased_persons import ERASED
from crm.transfer.imports.read.erasure_locks import lock_imports_against_reading
from mailings.suppression import address_erasure as mailings
from mailings.suppression.address_digests import build_digest
from privacy import log_and_email_files, uploaded_files
from privacy.erasure_list import append_erasure
from privacy.holders import HOLDERS
from privacy.models import Erasure
from privacy.person import PERSON_TABLES, Person
from privacy.person_search import Records, add_merged_records

log = logging.getLogger(__name__)


class ErasePerson(Verb):
    """The name of the operation; `erase` does it."""

    kind = "erase_person"
    title = _("Erase a person")
    icon = "bin"

    @classmethod
    def get_right(cls, model: Any) -> str:
        return "privacy.erase_person"

    @classmethod
    def describe_finality(cls, record: Operation) -> Any:
        return _now("A person who was erased can’t be restored.")

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> Any:
        return cls.title


def _return_true() -> bool:
    return True


@dataclass(frozen=True)
class ErasureCause:
    """Why a person is erased: the reason in the log, the operation with its parameters, and more details for the audit log. `still`
    is asked once their records are locked."""

    reason: str = Erasure.Reason.REQUEST
    kind: str = ErasePerson.kind
    channel: str = Operation.Channel.WEB
    parameters: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    still: Callable[[], bool] = _return_true


class MergedMeanwhile(Exception):
    """One of the records was merged with another one, which isn't chosen and wasn't shown."""


def erase_person(
    person: Person, *, by: User | None, shown: Records | None = None, cause: ErasureCause | None = None
) -> Erasure | None:
    """Returns None if all of its records are erased already, or there is no cause any more. `shown` are the records and those
    merged with them as the user saw them.

    Everyone who changes one of the records waits, and so does an import that is being read or applied; what is written with
    values from before is removed when it is done. Raises MergedMeanwhile if there are other merged records by now, because a
    merge copies values to them, and StoreAway; then nothing has changed.
    """
    begun, cause = time.monotonic(), cause or ErasureCause()
    with transaction.atomic():
        _lock_records(person)
        if shown is not None and any(
            set(ids) - set(shown.get(table, [])) for table, ids in add_merged_records(person.records).items()
        ):
            raise MergedMeanwhile
        left = _get_unerased_records(person)
        if not left or not cause.still():
            return None
        addresses = _get_own_addresses(person)
        about: dict[str, Any] = {"channel": cause.channel, "parameters": cause.parameters}
        with operation(cause.kind, by=by, matched=sum(map(len, left.values())), **about) as record:
            _close_tasks(person, by)
            cleared = _clear_holders(person)
            mailings.erase_addresses(addresses)
            for table, ids in left.items():
                rows = PERSON_TABLES[table]._base_manager.filter(pk__in=ids)
                rows.update(erased_at=Now())
                write_verdicts(
                    record, Outcome(table, changed=list(rows.order_by("pk").values_list("pk", flat=True)))
                )
            record.changed = sum(map(len, left.values()))
            record.milliseconds = round((time.monotonic() - begun) * 1000)
            record.save(update_fields=["changed", "milliseconds"])
        made = Erasure.objects.create(
            by=by,
            reason=cause.reason,
            records=left,
            digests=sorted(map(build_digest, build_person_keys(addresses))),
            cleared=cleared,
        )
        write_security_line("person_erased", by=by, rows=record.changed, **cause.details)
        append_erasure(made)
        # Last, so that nothing is removed if something fails; and if the store can't be reached, nothing is erased.
        for file in person.files:
            remove_file(file)
        transaction.on_commit(partial(_erase_once_more, addresses, timezone.now()))
        transaction.on_commit(
            partial(log_and_email_files.clear_written_files, person.spellings.any_name_pattern)
        )
        uploaded_files.queue_clearing_of_uploads(person.spellings.full_names_pattern)
    return made


def build_person_keys(addresses: set[str]) -> set[str]:
    return {one.lower() for one in addresses}


def _lock_records(person: Person) -> None:
    """Imports before records, as applying them does."""
    lock_imports_against_reading()
    unfinished = Import.objects.filter(ended_at=None).order_by("pk")
    list(unfinished.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    for table, model in PERSON_TABLES.items():
        model.objects.lock_all(person.get_ids(table))


def _get_unerased_records(person: Person) -> dict[str, list[int]]:
    """Permanently deleted records are in the history only; they are erased as often as someone asks."""
    found = {}
    for table, ids in person.records.items():
        erased = PERSON_TABLES[table]._base_manager.filter(ERASED, pk__in=ids).values_list("pk", flat=True)
        if left := sorted(set(ids).difference(erased)):
            found[table] = left
    return found


def _get_own_addresses(person: Person) -> set[str]:
    """Those that no other record has."""
    return set(person.spellings.emails)


def _close_tasks(person: Person, by: User | None) -> None:
    """No one has to do anything for an erased person, now or again. It is recorded; its words go with the others."""
    tasks = Task._base_manager.filter(pk__in=person.tasks, done_at=None, deleted_at=None)
    tasks.update(done_at=Now(), done_by=by, repeat="")


def _clear_holders(person: Person) -> dict[str, int]:
    """Returns the number of cleared rows by what they are."""
    cleared: dict[str, int] = {}
    # Read now, before their rows are gone.
    _known = (
        person.spellings,
        person.activities,
        person.tasks,
        person.deals,
        person.companies,
        person.first_added_at,
    )
    _also = person.employments, person.deal_contacts
    with write_without_history():
        for holder in HOLDERS:
            cleared[holder.name] = cleared.get(holder.name, 0) + holder.erase(person)
        _clear_queue(person)
    return {name: count for name, count in cleared.items() if count}


def _clear_queue(person: Person) -> None:
    """The arguments of tasks in the queue that have ended."""
    pattern = person.spellings.addresses_pattern
    if pattern:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET args = '{}' WHERE args::text ~* %s", [pattern])


def _erase_once_more(addresses: set[str], at: Any) -> None:
    """What was being written or sent while the person was erased may have ended just before."""
    with transaction.atomic():
        mailings.erase_addresses(addresses)
        rows = Export.objects.filter(
            Q(state=Export.State.WRITING) | Q(finished_at__gte=at), at__lte=timezone.now()
        )
        for export in rows.exclude(file=""):
            transaction.on_commit(partial(remove_unnamed_file, export.file))
        rows.update(file="")
