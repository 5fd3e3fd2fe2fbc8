"""What made an automation run: an operation, the clock, a recipient of a mailing, or the end of a wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from automations.definition.trigger_types import DEPTH
from crm.models import Change, Operation
from sequences.models import Enrollment

# In place of an operation, in the log and in the parameters of what was written.
NO_OPERATION = 0


@dataclass(frozen=True)
class Waking:
    """`pk` is the operation that woke it, or NO_OPERATION; `occasions` says then for what each record was due. `depth` is how many
    automations woke each other up to it, `step` the step that the run begins with."""

    pk: int
    depth: int = 0
    occasions: Mapping[int, str] = field(default_factory=dict)
    step: int = 0

    def get_occasion(self, record: int) -> str:
        return self.occasions.get(record, "")


def build_waking(operation: Operation) -> Waking:
    return Waking(operation.pk, operation.parameters.get(DEPTH, 0))


def build_waking_by_end(operation: Operation) -> Waking:
    """The same for the end of sequences, whose depth is that of their starts: an automation may have started one of them weeks ago."""
    ended = Change.objects.of_operation_in_any_table(operation).filter(table=Enrollment.table).values("row")
    starts = Operation.objects.filter(pk__in=Enrollment.objects.filter(pk__in=ended).values("started"))
    depths = [found.get(DEPTH, 0) for found in starts.values_list("parameters", flat=True)]
    return Waking(operation.pk, max([operation.parameters.get(DEPTH, 0), *depths]))
