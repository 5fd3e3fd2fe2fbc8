"""What goes with a record that is deleted permanently, with an erased person, and a year after the end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import Change
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person
from sequences.models import EditedEmail, Enrollment
from sequences.running.log_cleanup import delete_expired_enrollments
from sequences.verbs import edit_coming_email
from tests.sequences.sequencing import build_step, make_sequence, start, work

pytestmark = pytest.mark.django_db

WRITTEN = "Dear Zebulon, only for you"


@pytest.fixture
def jan(make_lead, bob):
    return make_lead("Jan Novák", email="jan@example.cz", owner=bob)


@pytest.fixture
def enrollment(jan, bob, template, always) -> Enrollment:
    """Whose coming email was edited, written from the template again, and edited once more."""
    steps = (
        build_step("email", "one", template=template.pk),
        build_step("email", "two", after=2, template=template.pk),
    )
    start(make_sequence("Follow-up", *steps), bob, jan)
    work()
    found = Enrollment.objects.get()
    for subject, text in (("Hello", WRITTEN), ("", ""), ("Hello again", WRITTEN)):
        edit_coming_email(found, "two", subject, text, by=bob)
    return found


def where_it_is_written() -> list[str]:
    """The tables that have the edited text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'change' FROM crm_change WHERE fields::text LIKE %(text)s "
            "UNION ALL SELECT 'edited' FROM sequences_editedemail WHERE text LIKE %(text)s",
            {"text": "%Zebulon%"},
        )
        return sorted({name for (name,) in cursor.fetchall()})


def test_a_record_that_is_deleted_permanently_leaves_no_row_and_no_text(enrollment, jan, ada):
    assert where_it_is_written() == ["change", "edited"]
    for verb in (Delete(), Purge()):
        carry_out(verb, Lead._base_manager.filter(pk=jan.pk), by=ada)
    assert (Enrollment.objects.count(), EditedEmail.objects.count(), where_it_is_written()) == (0, 0, [])
    assert Change.objects.filter(table="edited_email").exists()


def test_an_erasure_empties_it_and_how_it_ended_still_counts(enrollment, jan, ada):
    erase_person(Person({"lead": [jan.pk]}), by=ada)
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.stop_reason, enrollment.email_key) == ("stopped", "erased", "")
    assert (enrollment.steps_done.count(), EditedEmail.objects.count(), where_it_is_written()) == (1, 0, [])


# The days since it ended, and whether it is still there.
AGES = {"running": (None, True), "almost a year": (364, True), "a year and a day": (366, False)}


@pytest.mark.parametrize(("days", "is_there"), AGES.values(), ids=AGES.keys())
def test_it_goes_a_year_after_its_end_with_the_edited_texts(enrollment, days, is_there):
    if days is not None:
        with operation("test", by=None):
            Enrollment.objects.update(state="finished", ended_at=timezone.now() - timedelta(days=days))
    assert delete_expired_enrollments() == (0 if is_there else 1)
    assert Enrollment.objects.exists() is is_there
    assert bool(where_it_is_written()) is is_there
