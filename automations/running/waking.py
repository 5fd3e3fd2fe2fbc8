"""What made an automation run: an operation, the clock, or the end of a wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from automations.definition.trigger_types import DEPTH
from crm.models import Operation

# In place of an operation, in the log and in the parameters of what was written.
BY_CLOCK = 0


@dataclass(frozen=True)
class Waking:
    """`pk` is the operation that woke it, or BY_CLOCK; `occasions` says then for what each record was due. `depth` is how many
    automations woke each other up to it, `step` the step that the run begins with."""

    pk: int
    depth: int = 0
    occasions: Mapping[int, str] = field(default_factory=dict)
    step: int = 0

    def get_occasion(self, record: int) -> str:
        return self.occasions.get(record, "")


def build_waking(operation: Operation) -> Waking:
    return Waking(operation.pk, operation.parameters.get(DEPTH, 0))
