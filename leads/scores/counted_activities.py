"""Which activities a rule counts, as SQL on the row "a" and as a condition on activities."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from crm.models import Activity
from leads.models import Lead, ScoreRule

Counts = ScoreRule.Counts


@dataclass(frozen=True)
class CountedActivities:
    """Those of a type with one of these outcomes or, if they are `excluded`, with any other one."""

    type: str
    outcomes: tuple[str, ...]
    excluded: bool = False

    def build_sql(self) -> str:
        if len(self.outcomes) == 1:
            operator, listed = "<>" if self.excluded else "=", f"'{self.outcomes[0]}'"
        else:
            operator = "NOT IN" if self.excluded else "IN"
            listed = "(" + ", ".join(f"'{outcome}'" for outcome in self.outcomes) + ")"
        return f"a.type = '{self.type}' AND a.outcome {operator} {listed}"

    def build_condition(self) -> Q:
        outcome = Q(outcome__in=self.outcomes)
        return Q(type=self.type) & (~outcome if self.excluded else outcome)


COUNTED = {
    Counts.CALL: CountedActivities("call", ("reached",)),
    Counts.MISSED: CountedActivities("call", ("no_answer", "message")),
    Counts.MEETING: CountedActivities("meeting", ("planned", "no_show"), excluded=True),
    Counts.RECEIVED: CountedActivities("email", ("received",)),
    Counts.SENT: CountedActivities("email", ("sent",)),
}
ACTIVITIES = {counts: counted.build_sql() for counts, counted in COUNTED.items()}
# All who see a lead see its score, so what is private to one user doesn't count.
OF_LEAD = "crm_activity a WHERE a.of = 'lead' AND a.deleted_at IS NULL AND a.private_to_id IS NULL"


def build_had_activity(counts: Counts) -> Exists:
    """Whether a lead had one of these before it entered its present status."""
    own = Activity.objects.filter(of=Lead.table, record=OuterRef("pk"), deleted_at=None, private_to=None)
    return Exists(own.filter(COUNTED[counts].build_condition(), at__lt=OuterRef("status_since")).order_by())
