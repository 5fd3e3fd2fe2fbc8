"""The pages of privacy: finding a person, choosing their records, downloading and erasing what is stored."""

import json
import re

import pytest

from crm.models import AuditEntry, Job
from crm.platform import jobs
from privacy.models import Erasure
from tests.duplicates.conftest import merge
from tests.privacy.conftest import EARLIER, EMAIL, FIRST, LAST, PHONE

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def browser(ada, client):
    """An administrator who has just entered the password."""
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    client.post("/confirm", {"password": "correct horse battery"})
    return client


def chosen(*records) -> str:
    return "&".join(f"record={record.table}-{record.pk}" for record in records)


@pytest.mark.parametrize(
    "text", [EMAIL, EMAIL.upper(), PHONE, "+40 722 987 654", f"{FIRST} {LAST}", LAST[:6].lower()]
)
def test_a_person_is_found_by_email_phone_and_name(text, zebulon, browser):
    assert f"Lead {zebulon.pk}" in browser.get("/admin/privacy", {"q": text}).text


def test_a_search_without_result_says_so(zebulon, browser):
    page = browser.get("/admin/privacy", {"q": "no.one@x.example"}).text
    assert "No lead, contact or request matches" in page


def test_a_permanently_deleted_lead_is_found_by_its_email(many_doors, browser):
    page = browser.get("/admin/privacy", {"q": EMAIL}).text
    assert f"Lead {many_doors.gone}" in page
    assert "permanently deleted" in page


def test_records_with_the_same_email_and_converted_ones_are_listed(many_doors, browser):
    page = browser.get(f"/admin/privacy/person?{chosen(many_doors.lead)}").text
    for table, ids in many_doors.records.items():
        for pk in ids:
            assert f'value="{table}-{pk}"' in page, (table, pk)


def test_records_that_were_merged_are_listed_with_each_other(zebulon, make_lead, ada, browser):
    others = [make_lead(f"{FIRST} {LAST}", email=f"{number}@other.example") for number in (1, 2)]
    merge(ada, others[0].pk, [zebulon.pk], email=others[0].pk)
    merge(ada, others[1].pk, [others[0].pk], email=others[1].pk)
    for lead in (zebulon, *others):
        page = browser.get(f"/admin/privacy/person?{chosen(lead)}").text
        boxes = [re.search(rf'<input[^>]*value="lead-{one.pk}"[^>]*>', page)[0] for one in (zebulon, *others)]
        assert all("checked" in box for box in boxes)


def test_the_file_for_programs_has_all_that_is_stored(many_doors, browser, django_user_model):
    query = "&".join(f"record={table}-{pk}" for table, ids in many_doors.records.items() for pk in ids)
    answer = browser.get(f"/admin/privacy/person/file?{query}&format=json")
    data = json.loads(answer.content)
    titles = {part["title"] for part in data["sections"]}
    assert {"Leads", "Contacts", "Requests", "Files", "Tasks", "Submissions", "History of changes"} <= titles
    assert {"Rows of imported files", "Exports that may have included this person"} <= titles
    for value in (EMAIL, EARLIER, PHONE, "zebulon-quixwarden.pdf", "Met Zebulon"):
        assert value in answer.text, value
    assert AuditEntry.objects.filter(kind="person_exported").count() == 1


def test_the_file_to_read_has_it_too(many_doors, browser):
    answer = browser.get(f"/admin/privacy/person/file?{chosen(many_doors.lead)}&format=html")
    assert answer["Content-Type"].startswith("text/html")
    assert "attachment" in answer["Content-Disposition"]
    assert EMAIL in answer.text


def test_a_file_without_records_is_refused_with_a_sentence(browser):
    answer = browser.get("/admin/privacy/person/file", follow=True)
    assert "Select at least one record." in answer.text


@pytest.mark.parametrize(
    "value", ["lead-99999999", "user-1", "lead-x", "lead", "lead-1%00", "lead-" + "9" * 40]
)
def test_a_record_that_is_not_there_is_not_found(value, browser):
    for page in ("person", "person/file", "person/erase"):
        assert browser.get(f"/admin/privacy/{page}?record={value}").status_code == 404


def test_erasing_asks_for_a_typed_word(zebulon, browser):
    answer = browser.post("/admin/privacy/person/erase", {"record": f"lead-{zebulon.pk}", "word": "yes"})
    assert answer.status_code == 422
    assert "Type “erase”." in answer.text
    assert f'value="lead-{zebulon.pk}"' in answer.text
    assert not Job.objects.exists()


def test_an_administrator_erases_a_person(zebulon, browser):
    answer = browser.post("/admin/privacy/person/erase", {"record": f"lead-{zebulon.pk}", "word": "Erase"})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}"
    jobs.run_job(job_id=job.pk)
    assert "1 lead" in browser.get("/admin/privacy/erasures").text
    assert Erasure.objects.get().records == {"lead": [zebulon.pk]}
    assert "No lead, contact or request matches" in browser.get("/admin/privacy", {"q": EMAIL}).text


def test_erasing_asks_for_the_password(zebulon, ada, sign_in):
    browser = sign_in(ada)
    session = browser.session
    session.pop("confirmed_at", None)
    session.save()
    answer = browser.post("/admin/privacy/person/erase", {"record": f"lead-{zebulon.pk}", "word": "erase"})
    assert answer["Location"].startswith("/confirm")
    assert not Job.objects.exists()


def test_a_user_who_lost_the_permission_meanwhile_erases_no_one(zebulon, ann):
    from privacy.jobs import start_erasure

    job = start_erasure(ann, {"lead": [zebulon.pk]}, everywhere=False)
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Erasure.objects.exists()


def test_only_those_with_the_permission_see_the_link_on_a_lead(zebulon, ada, ann, sign_in):
    link = f"/admin/privacy/person?record=lead-{zebulon.pk}"
    assert link in sign_in(ada).get(zebulon.get_absolute_url()).text
    assert link not in sign_in(ann).get(zebulon.get_absolute_url()).text


def test_who_may_only_see_is_not_offered_to_erase(zebulon, someone_with, sign_in):
    browser = sign_in(someone_with("view_person_data"))
    assert "Erase person" not in browser.get(f"/admin/privacy/person?{chosen(zebulon)}").text
    assert browser.get(f"/admin/privacy/person/erase?{chosen(zebulon)}").status_code == 403
