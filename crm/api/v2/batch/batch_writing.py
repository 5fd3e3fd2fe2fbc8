"""Writes the records of a batch: all that don't depend on each other are judged and written together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, transaction

from crm.api.existing_records import OWN, ExistingRecord, look_for_existing_records
from crm.api.problems import ApiProblem, build_invalid_problem, get_problem
from crm.api.v2.batch.batch_records import BatchRecord, split_into_runs
from crm.api.v2.batch.form_checks import FormChecks, JudgedRecord, rebind_form
from crm.api.v2.batch.record_locks import lock_records
from crm.api.v2.batch.record_matching import Matching, read_unique_value
from crm.api.v2.custom_fields import translate_custom_field_errors
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_parts import split_fields_and_parts, write_record_parts
from crm.api.v2.record_writing import (
    API,
    build_change_form,
    build_refusal_problem,
    get_first_values,
    get_proposed_values,
    parse_writable_fields,
)
from crm.fields.custom.unique.taken_values import (
    get_comparison_keys,
    get_keys_by_record,
    get_unique_fields,
)
from crm.models import Token
from crm.platform.web.request_cache import cache_reads
from crm.platform.web.transactions import Busy, get_values_read_with_user
from crm.records.history import verbs
from crm.records.history.merged_records import find_present_survivors
from crm.records.kinds.kind_registry import Kind

# What the database refuses of one record only, although its form accepted it.
REFUSED = (ApiProblem, IntegrityError, DataError, Busy, PermissionDenied)


class BatchWriting:
    """One batch of a token. `allows` says whether the token has a right; `matching` finds the records without an id that are there
    already. `operations` are those of what was written."""

    def __init__(
        self, kind: Kind, token: Token, allows: Callable[[str], bool], matching: Matching | None = None
    ) -> None:
        self.matching = matching
        self.kind, self.token, self.user, self.allows = kind, token, token.user, allows
        self.operations: list[int] = []
        self.present: Any = kind.model.objects.present()

    def write(self, records: list[BatchRecord]) -> None:
        """Write what can be written; each record then has its outcome."""
        sound = [record for record in records if record.problem is None]
        self._find_survivors(sound)
        self._find_existing(sound)
        self._add_keys(sound)
        for run in split_into_runs(sound):
            self._write_run(run)

    # What records depend on

    def _find_survivors(self, records: list[BatchRecord]) -> None:
        """A merged record changes the one that it was merged into."""
        ids = [record.pk for record in records if record.pk]
        visible = self.present.visible_to(self.user)
        here = set(visible.filter(pk__any=ids).values_list("pk", flat=True)) if ids else set()
        missing = [pk for pk in ids if pk not in here]
        into = find_present_survivors(self.kind, visible, missing) if missing else {}
        for record in records:
            if record.pk in into:
                record.pk, record.merged = into[record.pk], True

    def _find_existing(self, records: list[BatchRecord]) -> None:
        new = [record for record in records if record.pk is None]
        rows = [{"department": self.token.department_id} | _replace_unstorable(record.sent) for record in new]
        self.look_ups = look_for_existing_records(OWN, self.kind, rows, self.user, self.allows)
        self.look_up_places = {record.place: place for place, record in enumerate(new)}
        for place, record in enumerate(new):
            record.keys |= {("known", key) for key in self.look_ups.get_keys(place)}

    def _add_keys(self, records: list[BatchRecord]) -> None:
        """Which record it is, and the values that only one record can have: those that are sent, and those that it has."""
        ids = [record.pk for record in records if record.pk]
        for record in records:
            if record.pk:
                record.keys.add(("id", record.pk))
        for unique in get_unique_fields(self.kind.name, self.user):
            values = [read_unique_value(unique, record.sent) for record in records]
            keys = get_comparison_keys(unique, values)
            held = get_keys_by_record(unique, ids) if keys else {}
            for record, value in zip(records, values, strict=True):
                if value is not None:
                    found = {keys.get(value), held.get(record.pk or 0)} - {None}
                    record.keys |= {(unique.name, key) for key in found}
        if self.matching:
            self._add_match_keys(self.matching, records)

    def _add_match_keys(self, matching: Matching, records: list[BatchRecord]) -> None:
        """What they are matched by, and the records that this means now."""
        own = matching.read_keys([record.sent for record in records])
        held = matching.get_keys_by_record([record.pk for record in records if record.pk])
        found = matching.find(own)
        for record, key in zip(records, own, strict=True):
            keys = {key, *held.get(record.pk or 0, ())} - {""}
            record.keys |= {("match", one) for one in keys} | {("id", pk) for pk in found.get(key, ())}

    # Writing

    def _write_run(self, run: list[BatchRecord]) -> None:
        """All together; if the database refuses one, each by itself."""
        while run:
            before = len(self.operations)
            try:
                with transaction.atomic():
                    run = self._write_together(run)
            except REFUSED as error:
                del self.operations[before:]
                problem = get_problem(error)
                if problem is None:
                    raise
                if len(run) == 1:
                    run[0].forget_outcome()
                    run[0].refuse(problem)
                    return
                for record in run:
                    record.forget_outcome()
                    self._write_run([record])
                return

    def _write_together(self, run: list[BatchRecord]) -> list[BatchRecord]:
        """Returns those that have to wait, because they may mean a record that an earlier one has just updated."""
        self._match(run)
        run, waiting = self._find_known(run)
        new: list[BatchRecord] = []
        old: list[BatchRecord] = []
        for record in run:
            if record.problem:
                continue
            with record.refused_for_problems():
                self._require_right("put" if record.pk else "post")
                self.look_ups.judge(record.known)
                (old if record.pk or record.known else new).append(record)
        self._add(new)
        self._change(old)
        self._set_versions(run)
        return waiting

    def _find_known(self, run: list[BatchRecord]) -> tuple[list[BatchRecord], list[BatchRecord]]:
        """Look up all new ones together. Returns those whose look-up is certain, and those that have to wait for them."""
        new = [record for record in run if record.problem is None and record.pk is None]
        places = [self.look_up_places[record.place] for record in new]
        self.look_ups.lock(places)
        found = self.look_ups.find(places)
        for record, known in zip(new, found, strict=False):
            record.known = known
        end = run.index(new[len(found)]) if len(found) < len(new) else len(run)
        return run[:end], run[end:]

    def _match(self, run: Sequence[BatchRecord]) -> None:
        unnamed = [record for record in run if record.sent_pk is None]
        if not self.matching or not unnamed:
            return
        keys = self.matching.read_keys([record.sent for record in unnamed])
        found = self.matching.find(keys)
        for record, key in zip(unnamed, keys, strict=True):
            with record.refused_for_problems():
                record.pk = self.matching.choose(key, found)

    def _require_right(self, action: str) -> None:
        if not self.allows(action):
            raise ApiProblem(403, "forbidden", "This token or its user may not do this.")

    def _add(self, records: list[BatchRecord]) -> None:
        if not records:
            return
        with cache_reads(**get_values_read_with_user(self.user)):
            judged, parts = self._judge_new(records)
            accepted = self._refuse_wrong(records, judged)
        if not accepted:
            return
        owned = [place for place, record in enumerate(accepted) if "owner" in record.sent]
        way = "" if len(owned) == len(accepted) else "api"
        rows = [judged[record.place].values for record in accepted]
        verb = self.kind.add(self.kind.model, rows, way=way, owned=frozenset(owned))
        made, operation = verbs.add_records_in_operation(verb, by=self.user, channel=API)
        self.operations.append(operation.pk)
        for record, row in zip(accepted, made, strict=True):
            record.written, record.status, record.changed = row.pk, 201, True
            write_record_parts(self.kind, row, parts[record.place], self.user)

    def _judge_new(
        self, records: list[BatchRecord]
    ) -> tuple[dict[int, JudgedRecord], dict[int, dict[str, Any]]]:
        """One form judges them one after the other: a new record has nothing by which forms would differ."""
        kind, first = self.kind, get_first_values(self.kind, self.token)
        form = kind.form(initial=first, user=self.user, sent=())
        proposed = get_proposed_values(form)
        read, parts, judged = {}, {}, {}
        for record in records:
            with record.refused_for_problems(), translate_custom_field_errors(kind, self.user):
                own, parts[record.place] = split_fields_and_parts(kind, record.sent, self.user)
                own = parse_writable_fields(kind, own, self.user)
                refuse_wrong_types(form, own)
                read[record.place] = (own, proposed | flatten_sent_values(own))
        checks = FormChecks(kind, self.user, [values for _own, values in read.values()])
        get_unjudged = checks.attach(form, form.fields)
        for place, (own, values) in read.items():
            rebind_form(form, kind.model(), own, values)
            judged[place] = checks.judge(form, own, get_unjudged)
        checks.judge_together([*judged.values()])
        return judged, parts

    def _change(self, records: list[BatchRecord]) -> None:
        targets = {record.place: record.pk or cast(ExistingRecord, record.known).pk for record in records}
        found = lock_records(self.kind, records, targets, self.user)
        with cache_reads(**get_values_read_with_user(self.user)):
            judged, parts = self._judge_changes(records, targets, found)
            accepted = self._refuse_wrong(records, judged)
        changes = {
            targets[record.place]: judged[record.place].values
            for record in accepted
            if judged[record.place].values
        }
        if changes:
            rows = self.present.changeable_by(self.user)
            outcome = verbs.edit_each_record(self.kind.edit, rows, changes, by=self.user, channel=API)
            if outcome.operation:
                self.operations.append(outcome.operation.pk)
            refused = {pk: code for code, ids in outcome.refused.items() for pk in ids}
            for record in accepted:
                if code := refused.get(targets[record.place]):
                    record.refuse(build_refusal_problem(self.kind, [code]))
        for record in accepted:
            if record.problem is None:
                pk = targets[record.place]
                record.written, record.status = pk, 200
                write_record_parts(self.kind, found[pk], parts[record.place], self.user)

    def _judge_changes(
        self, records: list[BatchRecord], targets: Mapping[int, int], found: Mapping[int, Any]
    ) -> tuple[dict[int, JudgedRecord], dict[int, dict[str, Any]]]:
        kind, read, parts, judged = self.kind, {}, {}, {}
        for record in records:
            if record.problem is None:
                row = found[targets[record.place]]
                record.new_version = row.version
                with record.refused_for_problems(), translate_custom_field_errors(kind, self.user):
                    own, parts[record.place] = split_fields_and_parts(kind, record.sent, self.user)
                    own = parse_writable_fields(kind, own, self.user)
                    own = record.known.get_changes(own, row) if record.known else own
                    read[record.place] = (own, build_change_form(kind, row, own, self.user))
                    refuse_wrong_types(read[record.place][1], own)
        sound = {record.place for record in records if record.problem is None}
        read = {place: pair for place, pair in read.items() if place in sound}
        checks = FormChecks(kind, self.user, [form.data for _own, form in read.values()])
        for place, (own, form) in read.items():
            get_unjudged = checks.attach(form, own)
            judged[place] = checks.judge(form, own, get_unjudged)
        checks.judge_together([*judged.values()])
        return judged, parts

    def _refuse_wrong(
        self, records: list[BatchRecord], judged: Mapping[int, JudgedRecord]
    ) -> list[BatchRecord]:
        """Refuse those with errors; returns the others."""
        for record in records:
            if record.problem is None and (errors := judged[record.place].get_errors()):
                with record.refused_for_problems(), translate_custom_field_errors(self.kind, self.user):
                    raise build_invalid_problem(**errors)
        return [record for record in records if record.problem is None]

    def _set_versions(self, run: Sequence[BatchRecord]) -> None:
        ids = [record.written for record in run if record.written]
        versions = dict(self.kind.model.objects.filter(pk__any=ids).values_list("pk", "version"))
        for record in run:
            if record.written:
                before, record.new_version = record.new_version, versions[record.written]
                record.changed = record.changed or before != record.new_version


def _replace_unstorable(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Texts that the database can be asked about. The form refuses the others."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in sent.items()
    }
