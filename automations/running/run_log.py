"""The log of one run: collected while it acts, and written at its end with one statement for each 5,000 rows."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.models import User
from automations.models import Automation, AutomationRun
from automations.running.step_plan import JudgedRecords
from automations.running.waking import Waking, build_waking
from crm.models import Operation
from crm.platform.sql.chunks import split_into_chunks
from crm.records.history.operation_results import Outcome
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import find_unmet_conditions

# Of the records that something woke it for in vain, so many are logged.
LOGGED_UNMET = 100
Result = AutomationRun.Outcome
# The ORM takes longer to write the SQL of 10,000 rows than PostgreSQL takes to insert them.
_INSERT = """
    INSERT INTO automations_automationrun (automation_id, waking, step, occasion, record, outcome, reasons, written)
    SELECT %s, %s, %s, occasion, record, outcome, reasons, written
    FROM jsonb_to_recordset(%s) AS r(record bigint, occasion text, outcome text, reasons jsonb, written bigint)"""


class RunLog:
    """The rows of the log of one run, written at its end."""

    def __init__(self, automation: Automation, waking: Waking | Operation) -> None:
        self.automation = automation
        self.waking = waking if isinstance(waking, Waking) else build_waking(waking)
        # As `_INSERT` reads them.
        self.rows: list[dict[str, Any]] = []

    def add(
        self, outcome: str, ids: Sequence[int], *, reasons: Sequence[Any] = (), written: int | None = None
    ) -> None:
        told = {"outcome": outcome, "reasons": reasons, "written": written}
        self.rows += [{"record": pk, "occasion": self.waking.get_occasion(pk), **told} for pk in ids]

    def add_unmet(self, ids: Sequence[int], owner: User) -> None:
        """Records that don't meet the conditions, the first ones with the conditions that they don't meet."""
        few = ids[:LOGGED_UNMET]
        if not few:
            return
        kind = KINDS[self.automation.table_of]
        rows = kind.model.objects.visible_to(owner)
        unmet = find_unmet_conditions(kind, self.automation.parameters, rows, few)
        for pk in few:
            self.add(Result.UNMET, [pk], reasons=unmet.get(pk, []))

    def add_missing(self, judged: JudgedRecords) -> None:
        """Records that the owner doesn't see, or that are in Trash. Of those that waited, each has a row: it says why the wait ended."""
        most = None if self.waking.step else LOGGED_UNMET
        self.add(Result.UNSEEN, judged.unseen[:most])
        self.add(Result.TRASH, judged.trashed[:most])
        self.add(Result.MERGED, judged.merged[:most])

    def add_outcomes(self, whole: Outcome, outcomes: Sequence[Outcome], written: int | None) -> None:
        """What the steps did; each refusal with its step."""
        reasons: dict[int, list[list[Any]]] = {}
        for number, outcome in enumerate(outcomes, start=self.waking.step):
            for code, ids in outcome.refused.items():
                for pk in ids:
                    reasons.setdefault(pk, []).append([number, code])
        refused = sorted(pk for ids in whole.refused.values() for pk in ids)
        for result, ids in (
            (Result.ACTED, whole.changed),
            (Result.UNCHANGED, whole.unchanged),
            (Result.REFUSED, refused),
        ):
            operation_id = written if result == Result.ACTED else None
            for pk in ids:
                self.add(result, [pk], reasons=reasons.get(pk, []), written=operation_id)

    def write(self) -> None:
        with connection.cursor() as cursor:
            for chunk in split_into_chunks(self.rows):
                values = (self.automation.pk, self.waking.pk, self.waking.step, json.dumps(chunk))
                cursor.execute(_INSERT, values)
