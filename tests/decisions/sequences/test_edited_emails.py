"""Which coming email of a sequence can be edited, and what is kept of it."""

from typing import Any

import pytest

from crm.records.history.verb_execution import operation
from sequences.models import EditedEmail, Enrollment, EnrollmentStep
from sequences.running.enrollment_ends import finish_enrollments
from sequences.running.pauses import TEMPLATE_GONE, find_pause
from sequences.verbs import edit_coming_email
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]


@pytest.fixture
def enrollments(bob, template, make_lead) -> list[Enrollment]:
    """Two of one sequence with the emails a and b."""
    steps = [build_step("email", key, template=template.pk) for key in "ab"]
    leads = [make_lead(email=f"{one}@example.cz", owner=bob) for one in "xy"]
    start(make_sequence("One", *steps), bob, *leads)
    return list(Enrollment.objects.order_by("pk"))


def edit(enrollment: Enrollment, by: Any, key: str = "a", subject: str = "Mine", text: str = "Words") -> str:
    """What became of it: "changed", "unchanged", or the reason."""
    outcome = edit_coming_email(enrollment, key, subject, text, by=by)
    return "changed" if outcome.changed else "unchanged" if outcome.unchanged else "".join(outcome.refused)


def get_kept() -> dict[tuple[int, str], tuple[str, str]]:
    return {(row.enrollment_id, row.key): (row.subject, row.text) for row in EditedEmail.objects.all()}


# The enrollment and the step that were done before, whether the first one has ended, and what becomes of editing its email a.
EDITED: dict[str, tuple[tuple[int, str] | None, list[int], str]] = {
    "the next email": (None, [], "changed"),
    "after another step": ((0, "b"), [], "changed"),
    "after this step of another record": ((1, "a"), [], "changed"),
    "after this step": ((0, "a"), [], "sequence_step_done"),
    "after the end for another record": (None, [1], "changed"),
    "after the end, while it goes on for another record": (None, [0], "sequence_ended"),
}


@pytest.mark.parametrize(("done", "ended", "becomes"), EDITED.values(), ids=EDITED)
def test_an_email_can_be_edited_until_it_is_sent_or_the_sequence_has_ended(
    done, ended, becomes, enrollments, bob
):
    if done:
        EnrollmentStep.objects.create(enrollment=enrollments[done[0]], key=done[1], outcome="email")
    finish_enrollments([enrollments[place].pk for place in ended])
    assert edit(enrollments[0], bob) == becomes
    assert get_kept() == ({(enrollments[0].pk, "a"): ("Mine", "Words")} if becomes == "changed" else {})


def test_what_was_written_is_kept_for_this_email_and_this_record_alone(enrollments, bob):
    first, second = enrollments
    assert edit(first, bob, subject="", text="") == "unchanged"
    for enrollment, key in ((first, "b"), (second, "a")):
        assert edit(enrollment, bob, key) == "changed"
    beside = get_kept()
    assert edit(first, bob, subject="Mine", text="") == "changed"
    assert edit(first, bob, subject="Mine", text="") == "unchanged"
    assert get_kept() == {**beside, (first.pk, "a"): ("Mine", "")}
    assert edit(first, bob, subject="", text="Words") == "changed"
    assert get_kept() == {**beside, (first.pk, "a"): ("", "Words")}
    assert edit(first, bob, subject="", text="") == "changed"
    assert get_kept() == beside


def test_the_words_of_another_record_are_no_text_for_an_email_without_its_template(
    enrollments, bob, template
):
    first, second = enrollments
    now = max(one.coming.due_at for one in enrollments)
    edit(second, bob)
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(retired=True)
    assert find_pause(first, now).code == TEMPLATE_GONE
    assert find_pause(second, now) is None
