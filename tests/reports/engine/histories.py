"""Random histories of leads, deals and settings, for comparing reports with the reference."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Deal
from duplicates.merging.merge_verb import Merge, MergeGroup
from leads.models import Lead, LostReason, Rate, Source, SourceCost, Status
from leads.settings.exchange_rates import recompute_base_values
from leads.settings.merge import RowMerge
from leads.settings.retirement import RetirementRefused
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.verbs import Assign, ChangeDepartment, Delete, Move, Purge, Restore, SetSource, SetVip
from reports.engine.progress_derivation import store_progress_of_changes

# Bucharest and Havana change their clocks on these days. Midnight comes twice in Havana on the last of them.
TURNS = [
    datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 21, 59, tzinfo=UTC),
    datetime(2026, 11, 1, 3, 59, tzinfo=UTC),
    datetime(2026, 11, 1, 4, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 22, 0, tzinfo=UTC),
]
STEPS = [
    "add",
    "add",
    "add_many",
    "move",
    "move",
    "move",
    "undo",
    "undo",
    "trash",
    "restore",
    "purge",
    "deal",
    "deal",
    "link",
    "deal_move",
    "deal_trash",
    "category",
    "merge_statuses",
    "merge_sources",
    "merge_leads",
    "merge_leads",
    "source",
    "owner",
    "department",
    "vip",
    "rate",
    "cost",
    "time",
    "time",
    "store",
]
NUMBER = st.integers(0, 11)
HISTORIES = st.lists(st.tuples(st.sampled_from(STEPS), NUMBER, NUMBER), min_size=8, max_size=22)
CATEGORIES = ["contacted", "qualified", "proposal", "won", "lost", "disqualified"]
VALUES = [None, Decimal(100), Decimal("70.55"), Decimal(12_000)]
# Everything that says when something happened to a lead or a deal.
TIMES = {
    "leads_lead": ["created_at", "status_since", "converted_at", "first_contacted_at", "last_contacted_at"],
    "customers_deal": ["created_at", "status_since", "closed_at"],
}


class History:
    """Carries out steps by Ada. A step that isn't possible is left out."""

    def __init__(self, cast: Any, departments: Any) -> None:
        self.by = cast.ada
        self.owners = [None, cast.bob, cast.ben, cast.dan]
        self.departments = [departments.sales, departments.export]

    def carry_out(self, steps: list[tuple[str, int, int]]) -> None:
        for name, first, second in steps:
            getattr(self, f"_{name}")(first, second)

    def _lead(self, number: int) -> Any:
        return _chosen(Lead.objects.order_by("pk"), number)

    def _status(self, number: int) -> Status:
        return _chosen(Status.objects.of_leads().filter(retired=False).order_by("pk"), number)

    def _new(self, first: int, second: int, **values: Any) -> Lead:
        return Lead(
            last_name=f"Popescu {first}",
            source=_chosen(Source.objects.order_by("pk"), first),
            status=self._status(second),
            department=self.departments[first % 2],
            owner=self.owners[second % 4],
            value=VALUES[first % 4],
            currency=["EUR", "USD", "RON"][second % 3],
            country=["", "RO", "DE"][first % 3],
            city=["", "Cluj"][second % 2],
            **values,
        )

    def _add(self, first: int, second: int) -> None:
        lead = self._new(first, second)
        with operation("test", by=self.by):
            lead.save(force_insert=True)

    def _add_many(self, first: int, second: int) -> None:
        """As imports do: with times that are long past."""
        added = TURNS[first % len(TURNS)]
        contacted = added + timedelta(hours=7 * second)
        leads = [
            self._new(n, second, created_at=added, first_contacted_at=contacted)
            for n in range(first, first + 3)
        ]
        with operation("test", by=self.by):
            Lead.objects.bulk_create(leads)

    def _do(self, verb: Any, rows: Any) -> None:
        carry_out(verb, rows, by=self.by)

    def _one(self, number: int) -> Any:
        lead = self._lead(number)
        return Lead.objects.filter(pk=lead.pk if lead else None)

    def _move(self, first: int, second: int) -> None:
        status = self._status(second)
        reason = LostReason.objects.order_by("pk").first() if status.needs_reason else None
        verb = Move(status, reason, "Too dear" if reason else "", without_contract=True)
        self._do(verb, self._one(first).present())

    def _undo(self, first: int, _second: int) -> None:
        """Also of undos: the last change and those before it."""
        record = Operation.objects.order_by("-pk")[first % 4 :].first()
        if record:
            with suppress(UndoRefused):
                revert_operation(record, by=self.by)

    def _trash(self, first: int, _second: int) -> None:
        self._do(Delete(), self._one(first).present())

    def _restore(self, first: int, _second: int) -> None:
        self._do(Restore(), self._one(first).in_trash())

    def _purge(self, first: int, _second: int) -> None:
        lead = _chosen(Lead.objects.in_trash().order_by("pk"), first)
        if lead:
            self._do(Purge(), Lead.objects.in_trash().filter(pk=lead.pk))

    def _deal(self, first: int, second: int) -> None:
        stages = Status.objects.of_deals().order_by("pk")
        deal = Deal(
            name="Machine",
            lead=self._lead(first),
            status=_chosen(stages, second),
            department=self.departments[0],
            value=VALUES[second % 4],
            currency=["EUR", "USD"][first % 2],
        )
        with operation("test", by=self.by):
            deal.save(force_insert=True)

    def _with_deal(self, number: int) -> Any:
        deal = _chosen(Deal.objects.order_by("pk"), number)
        return Deal.objects.filter(pk=deal.pk if deal else None)

    def _link(self, first: int, second: int) -> None:
        with operation("test", by=self.by):
            self._with_deal(first).update(lead=self._lead(second) if second % 3 else None)

    def _deal_move(self, first: int, second: int) -> None:
        stage = _chosen(Status.objects.of_deals().order_by("pk"), second)
        self._do(Move(stage, without_contract=True, moved=Deal), self._with_deal(first).present())

    def _deal_trash(self, first: int, second: int) -> None:
        rows = self._with_deal(first)
        self._do(*((Delete(), rows.present()) if second % 2 else (Restore(), rows.in_trash())))

    def _category(self, first: int, second: int) -> None:
        with operation("test", by=self.by):
            status = _chosen(Status.objects.filter(is_default=False).order_by("pk"), first)
            Status.objects.filter(pk=status.pk).update(kind=CATEGORIES[second % 6])

    def _merge(self, table: str, rows: Any, first: int, second: int) -> None:
        one, into = _chosen(rows, first), _chosen(rows, second)
        with suppress(RetirementRefused):
            RowMerge(SETTINGS_TABLES[table], (one.pk,), into.pk).carry_out(by=self.by)

    def _merge_statuses(self, first: int, second: int) -> None:
        self._merge("status", Status.objects.of_leads().filter(retired=False).order_by("pk"), first, second)

    def _merge_sources(self, first: int, second: int) -> None:
        self._merge("source", Source.objects.filter(retired=False).order_by("pk"), first, second)

    def _merge_leads(self, first: int, second: int) -> None:
        """Of two leads, the second one is kept; an undo of it undoes the merge."""
        present = Lead.objects.present().order_by("pk")
        one, kept = _chosen(present, first), _chosen(present, second)
        if one and one.pk != kept.pk:
            self._do(Merge("lead", (MergeGroup(kept.pk, (one.pk,)),)), Lead.objects.present())

    def _source(self, first: int, second: int) -> None:
        source = _chosen(Source.objects.filter(retired=False).order_by("pk"), second)
        self._do(SetSource(source), self._one(first).present())

    def _owner(self, first: int, second: int) -> None:
        self._do(Assign(self.owners[second % 4]), self._one(first).present())

    def _department(self, first: int, second: int) -> None:
        self._do(ChangeDepartment(self.departments[second % 2]), self._one(first).present())

    def _vip(self, first: int, second: int) -> None:
        self._do(SetVip(bool(second % 2)), self._one(first).present())

    def _rate(self, first: int, second: int) -> None:
        currency = ["USD", "RON"][second % 2]
        rate = Decimal(first + 1) / 10
        Rate.objects.update_or_create(currency=currency, day=date(2025, 1, 1), defaults={"rate": rate})
        recompute_base_values(currency)

    def _cost(self, first: int, second: int) -> None:
        source = _chosen(Source.objects.order_by("pk"), second)
        with operation("test", by=self.by):
            SourceCost.objects.update_or_create(
                source=source, month=date(2026, first + 1, 1), defaults={"amount": Decimal("99.99")}
            )

    def _time(self, first: int, _second: int) -> None:
        """All that happened moves into the past, so that the last of it was when clocks were changed."""
        passed = timezone.now() - TURNS[first % len(TURNS)]
        with operation("test", by=self.by), connection.cursor() as cursor:
            for table, columns in TIMES.items():
                values = ", ".join(f"{column} = {column} - %(passed)s" for column in columns)
                cursor.execute(f"UPDATE {table} SET {values}", {"passed": passed})
            cursor.execute(
                'UPDATE leads_statusmove SET entered = entered - %(passed)s, "left" = "left" - %(passed)s',
                {"passed": passed},
            )

    def _store(self, _first: int, _second: int) -> None:
        store_progress_of_changes()


def _chosen(rows: Any, number: int) -> Any:
    found = list(rows)
    return found[number % len(found)] if found else None
