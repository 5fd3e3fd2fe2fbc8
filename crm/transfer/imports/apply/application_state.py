"""An import while its plan is applied: what its steps share, and what they have done so far."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crm.models import Import, Operation
from crm.records.history.operation_results import Outcome
from crm.transfer.imports.apply.import_verb import ImportFile
from crm.transfer.imports.check.import_rules import ImportRules


@dataclass
class Application:
    """`record` is the operation, `paced` is told how many rows are done.

    `added` are the new records with their owners, `outcome` is that of the existing ones. `rows` counts what was added, changed and
    already as planned, `refused` the rows that are skipped by now, by reason; `changed` are all records written, by table.
    `retired` are the retired values that the importer reactivates, by field.
    """

    imported: Import
    rules: ImportRules
    record: Operation
    paced: Callable[[int], None]
    retired: dict[str, set[int]] = field(default_factory=dict)
    added: list[tuple[int, int | None]] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    rows: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    changed: dict[str, set[int]] = field(default_factory=dict)

    @property
    def by(self) -> Any:
        return self.rules.user

    @property
    def verb(self) -> ImportFile:
        return ImportFile(self.imported)


# One step of applying a plan. Raises Stale if the plan no longer fits; then nothing is written.
Step = Callable[[Application], None]
