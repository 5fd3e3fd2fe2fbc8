"""`make bench` measures a change in parts from its first part to the undo of its last."""

import pytest
from django.conf import settings

from benchmarks import multi_part_changes
from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import leads, small_parts, vip, whole

__all__ = ["leads", "small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])


@pytest.fixture
def measurable(ada, leads, monkeypatch):
    """What `measured` reads and can't have in a test: the user of the demo, and VACUUM, which runs in no transaction."""
    ada.email = "admin@demo.example"
    ada.save(update_fields=["email"])
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 4)
    monkeypatch.setattr(multi_part_changes, "tidy", lambda: None)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", settings.ALLOWED_HOSTS)


def test_a_change_in_parts_and_its_undo_are_measured_to_their_end(measurable):
    figures = multi_part_changes.measured()
    assert (figures["rows"], figures["parts"]["number"], figures["undo"]["number"]) == (5, 3, 3)
    assert (whole().parts_left, whole().changed) == (0, 5)
    undo = Operation.objects.whole().get(kind="undo")
    assert (undo.parts_left, undo.changed, vip()) == (0, 5, 0)


def test_fewer_leads_than_parts_need_are_not_measured(measurable, ann, leads):
    carry_out(verbs.Delete(), Lead.objects.filter(pk=leads[0].pk), by=ann)
    assert multi_part_changes.measured() == {}
