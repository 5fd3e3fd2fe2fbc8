"""What a merge moves beside links, activities and tasks, and where it is said."""

from django.utils import timezone

from crm.models import Change
from crm.records.history.timeline import Timeline
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from intake.models import Submission, WebForm
from leads.models import Newsletter
from mailings.models import Delivery, Mailing
from tests.duplicates.conftest import merge


def test_recipients_and_submissions_move_and_come_back(ann, make_lead, departments, sources):
    """A recipient of a mailing that the kept lead received too stays, so the counts of the mailing don't move."""
    one, two = make_lead(email="one@a.example"), make_lead(email="two@a.example")
    with operation("test", by=None):
        mailings = [
            Mailing.objects.create(subject=name, by=ann, department=departments.sales, ids=[])
            for name in "AB"
        ]
        form = WebForm.objects.create(
            name="Contact", slug="c", department=departments.sales, source=sources.website
        )
    sent = {"state": Delivery.State.SENT, "at": timezone.now()}
    both = Delivery.objects.create(mailing=mailings[0], record=two.pk, email_key="two@a.example", **sent)
    Delivery.objects.create(mailing=mailings[0], record=one.pk, email_key="one@a.example")
    only = Delivery.objects.create(mailing=mailings[1], record=two.pk, email_key="two@a.example", **sent)
    submission = Submission.objects.create(form=form, state="lead", lead=two, address="x", nonce="n")

    def now():
        records = [Delivery.objects.get(pk=row.pk).record for row in (both, only)]
        received = set(Newsletter.objects.filter(received=True).values_list("lead", flat=True))
        return [*records, Submission.objects.get(pk=submission.pk).lead_id], received

    before = now()
    assert before == ([two.pk, two.pk, two.pk], {two.pk})
    record = merge(ann, one.pk, [two.pk]).operation
    assert now() == ([two.pk, one.pk, one.pk], {one.pk, two.pk})
    undone = revert_operation(record, by=ann).operation
    assert now() == before
    revert_operation(undone, by=ann)
    assert now() == ([two.pk, one.pk, one.pk], {one.pk, two.pk})


def test_the_timelines_say_that_records_were_merged(ann, make_lead, sign_in):
    one, two = make_lead(city="Cluj"), make_lead(city="Cluj")
    merge(ann, one.pk, [two.pk])
    browser = sign_in(ann)
    assert "merged other records into this one" in browser.get(f"/admin/leads/{one.pk}").text
    trash = browser.get("/admin/leads/trash").text
    assert f"#{two.pk} was merged into this record:" in trash
    assert f"/admin/leads/{one.pk}" in trash


def test_the_pages_of_merged_records_tell_of_the_merge_once_and_of_no_other_change(ada, make_lead, make_task):
    one, two = make_lead("Ana One"), make_lead("Ana Two")
    make_task("Call", two)

    def told(lead, record) -> list[str]:
        changes = Change.objects.of_row("lead", lead.pk).filter(operation=record).with_operations()
        entries = Timeline(lead, ada, describe_operation).build_entries(list(changes), with_undo=False)
        return [entry.words for entry in entries]

    merged = merge(ada, one.pk, [two.pk]).operation
    assert told(one, merged) == ["merged other records into this one"]
    assert told(two, merged) == ["merged this record into another one"]
    undone = revert_operation(merged, by=ada).operation
    assert told(one, undone) == told(two, undone) == ["undid “Merge 2 records”"]
