"""The records of a batch: what was sent for each, and its outcome."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from crm.api.call_parameters import LARGEST_ID
from crm.api.existing_records import ExistingRecord
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.v2_view import build_problem_body

MOST_RECORDS = 1_000
MOST_VERSION = 2**31 - 1
# Nothing of a batch was written, because another record of it was refused.
NOT_WRITTEN = 424


@dataclass
class BatchRecord:
    """`sent` are its fields; `pk` is the record to change, None for a new one, and `sent_pk` the one that the program
    named; `version` the one that the program knows. `keys` are
    what other records of the batch could depend on. `merged` says that the program sent another id, whose record was merged into
    this one; `known` is the record that a new one would repeat."""

    place: int
    sent: dict[str, Any]
    pk: int | None = None
    sent_pk: int | None = None
    version: int | None = None
    merged: bool = False
    keys: set[Hashable] = field(default_factory=set)
    known: ExistingRecord | None = None
    # The outcome.
    problem: ApiProblem | None = None
    status: int = 0
    written: int | None = None
    new_version: int | None = None
    changed: bool = False

    @contextmanager
    def refused_for_problems(self) -> Iterator[None]:
        """A problem within this block is the outcome of the record."""
        try:
            yield
        except ApiProblem as problem:
            self.refuse(problem)

    def refuse(self, problem: ApiProblem) -> None:
        self.problem, self.status = problem, problem.status

    def forget_outcome(self) -> None:
        """Before it is written again."""
        self.problem = self.known = self.written = self.new_version = None
        self.status, self.changed = 0, False


def parse_batch_records(sent: list[dict[str, Any]]) -> list[BatchRecord]:
    """Each with its id and version, which may be wrong: then it's refused."""
    found = []
    for place, values in enumerate(sent):
        own = {str(name): value for name, value in values.items() if name not in ("id", "version")}
        record = BatchRecord(place, own)
        with record.refused_for_problems():
            record.pk = record.sent_pk = _parse_number("id", values.get("id"), LARGEST_ID)
            record.version = _parse_number("version", values.get("version"), MOST_VERSION)
        found.append(record)
    return found


def _parse_number(name: str, value: Any, most: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise build_invalid_problem(**{name: "Send a whole number from 1 on."})
    return value


def split_into_runs(records: list[BatchRecord]) -> Iterator[list[BatchRecord]]:
    """The records in their order, in runs that are written together: none depends on another one of its run."""
    run: list[BatchRecord] = []
    keys: set[Hashable] = set()
    for record in records:
        if not keys.isdisjoint(record.keys):
            yield run
            run, keys = [], set()
        run.append(record)
        keys |= record.keys
    if run:
        yield run


def build_result_json(record: BatchRecord, *, written: bool) -> dict[str, Any]:
    """`written` says whether the batch was; a record without a problem of its own is then not written either."""
    if record.problem is None:
        if not written:
            return _build_result(NOT_WRITTEN, code="not_written", detail="Another record was refused.")
        return _build_result(record.status, id=record.written, version=record.new_version)
    body = build_problem_body(record.problem.shorten())
    return _build_result(
        record.status,
        id=record.pk if record.status in (403, 412) else None,
        code=body["code"],
        detail=body["detail"],
        errors=body["errors"],
        duplicate_of=body.get("duplicate_of"),
    )


def _build_result(status: int, **values: Any) -> dict[str, Any]:
    """Every result has the same keys, so generated clients read one shape."""
    empty: dict[str, Any] = {
        "id": None,
        "version": None,
        "code": None,
        "detail": None,
        "errors": [],
        "duplicate_of": None,
    }
    return {"status": status, **empty, **values}
