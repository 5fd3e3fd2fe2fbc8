"""What the machine remembers: operations, changes, verdicts, frozen sets, jobs."""

from crm import lookups
from crm.models.change import Change
from crm.models.frozen_set import FrozenSet
from crm.models.job import Job
from crm.models.operation import Operation, Verdict

__all__ = ["Change", "FrozenSet", "Job", "Operation", "Verdict", "lookups"]
