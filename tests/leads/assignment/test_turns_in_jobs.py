"""A job that meets the turns of another run is tried again instead of leaving its leads without an owner."""

import pytest

from crm.models import Operation
from crm.platform.server import current_job
from leads.assignment import new_leads
from leads.models.assignment import TurnsTaken


def taken(*_values, **_named):
    raise TurnsTaken


def test_an_import_that_meets_the_turns_of_a_long_run_is_tried_again(monkeypatch):
    monkeypatch.setattr(new_leads, "get_rules_for", lambda way: ["a rule"])
    monkeypatch.setattr(new_leads, "build_plan_by_rules", taken)
    monkeypatch.setattr(current_job.of_thread, "job", 1, raising=False)
    with pytest.raises(TurnsTaken):
        new_leads.assign_new_leads(Operation(), [1], "import")
