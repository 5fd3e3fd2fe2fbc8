"""What has changed: each change once, as the user of the token sees the lead now."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead

# What a transaction has written itself isn't in its own snapshots, so these are committed.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def of(lead):
    return Lead.objects.filter(pk=lead.pk)


def rename(lead, city: str) -> None:
    with operation("test", by=None):
        of(lead).update(city=city)


def test_a_program_begins_with_nothing_and_gets_what_comes_then(following, ann, make_lead):
    make_lead("Before", owner=ann)
    follower = following(ann)
    assert follower.follow() == []
    lead = make_lead("Eva Berg", owner=ann)
    assert follower.follow() == [(lead.pk, "added")]
    assert follower.copy[lead.pk] == follower.program.get(f"/api/v2/leads/{lead.pk}")
    assert follower.follow() == []


def test_a_lead_that_changes_twice_is_sent_once_as_it_is_now(following, ann, make_lead):
    lead, other = make_lead("Eva Berg", owner=ann), make_lead("Jan Novák", owner=ann)
    follower = following(ann)
    rename(lead, "Cluj")
    rename(other, "Arad")
    rename(lead, "Iași")
    assert follower.follow() == [(other.pk, "changed"), (lead.pk, "changed")]
    assert follower.copy[lead.pk]["city"] == "Iași"


def test_a_value_of_a_custom_field_is_a_change(following, ann, make_lead, make_field):
    field = make_field("Budget", type="number")
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    follower.program.patch(f"/api/v2/leads/{lead.pk}", {"custom_fields": {field.name: 12}})
    assert follower.follow() == [(lead.pk, "changed")]
    assert follower.copy[lead.pk]["custom_fields"] == {field.name: 12}


def test_deleting_restoring_and_undoing_are_told(following, ann, make_lead):
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    deleted = carry_out(verbs.Delete(), of(lead), by=ann).operation
    assert follower.follow() == [(lead.pk, "deleted")]
    revert_operation(deleted, by=ann)
    assert follower.follow() == [(lead.pk, "restored")]
    revert_operation(Operation.objects.latest("pk"), by=ann)
    assert follower.follow() == [(lead.pk, "deleted")]
    with operation("test", by=None):
        of(lead).delete()
    assert follower.follow() == []


@pytest.mark.parametrize(
    "text", ["two\nlines", 'a "quote"', "a \x1e between texts", "back\\slash", "\u2028 ă 🙂"]
)
def test_texts_come_as_they_were_written_whatever_is_in_them(following, ann, make_lead, text):
    program = following(ann)
    leads = [make_lead(f"Lead {number}", owner=ann, description=f"{text} {number}") for number in range(3)]
    program.follow()
    assert {pk: record["description"] for pk, record in program.copy.items()} == {
        lead.pk: f"{text} {number}" for number, lead in enumerate(leads)
    }
