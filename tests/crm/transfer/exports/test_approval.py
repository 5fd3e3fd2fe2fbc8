"""Large exports wait for approval if a setting requires it; and the sets that the form offers."""

import io

import openpyxl
import pytest
from django.urls import reverse

from crm.models import Export, FrozenSet, Notification, SavedView
from crm.platform.web.notifications import get_notification_sentence
from crm.records.editing.bulk_actions import freeze_set
from tests.crm.transfer.exports.exporting import ALL, LIST, NEW, WRITE, export, names, rows_of, work

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def five(make_lead, settings):
    settings.EXPORT_APPROVAL_ABOVE = 4
    return [make_lead(f"Jan N{number}") for number in range(5)]


def ask(browser, query="all=1") -> Export:
    answer = browser.post(f"{WRITE}?{query}", ALL)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    return Export.objects.latest("pk")


def decide(browser, asked: Export, answer: str):
    return browser.post(reverse("exports:decide", args=[asked.pk]), {"answer": answer}, follow=True)


def fetch(browser, asked: Export):
    return browser.post(reverse("exports:fetch", args=[asked.pk]))


def test_a_large_export_waits_and_its_approvers_are_notified(sign_in, ann, ada, carla, five):
    browser = sign_in(ann)
    assert "Exports of more than 4 leads require approval." in browser.get(f"{NEW}?all=1").text
    asked = ask(browser)
    assert (asked.state, asked.matched, asked.file) == ("asked", 5, "")
    (notice,) = Notification.objects.all()
    assert notice.user == ada
    assert get_notification_sentence(notice) == "Ann requested approval for an export: 5, All leads."
    assert "5 leads. Waiting for approval." in browser.get(LIST).text
    assert "Approve" not in browser.get(LIST).text.replace("Approved", "")


def test_an_approved_export_is_downloaded_once_and_its_receipt_names_the_approver(sign_in, ann, ada, five):
    asked = ask(sign_in(ann))
    page = decide(sign_in(ada), asked, "approve").text
    assert "Approved. Ann has been notified." in page
    assert "Approved, not downloaded yet." in page
    browser = sign_in(ann)
    assert (
        get_notification_sentence(Notification.objects.get(user=ann))
        == "Ada approved your export. You can download the file now."
    )
    assert "Download file" in browser.get(LIST).text
    data = b"".join(fetch(browser, asked).streaming_content)
    assert sorted(names(data)) == ["N0", "N1", "N2", "N3", "N4"]
    assert {"Approved by": "Ada"}.items() <= dict(about(data)).items()
    asked.refresh_from_db()
    assert (asked.state, asked.wrote, asked.decided_by) == ("finished", 5, ada)
    assert "Approved by Ada" in browser.get(LIST).text
    again = browser.post(reverse("exports:fetch", args=[asked.pk]), follow=True)
    assert "This export isn’t available for download." in again.text


def about(data: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(data))["About"].iter_rows(values_only=True))


def test_a_declined_export_writes_nothing(sign_in, ann, ada, five):
    asked = ask(sign_in(ann))
    decide(sign_in(ada), asked, "decline")
    browser = sign_in(ann)
    assert fetch(browser, asked).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.file) == ("declined", "")
    text = browser.get(LIST).text
    assert "Declined. No file was created." in text
    assert "Declined by Ada" in text


def test_exports_up_to_the_size_and_exports_of_approvers_do_not_wait(sign_in, ann, ada, five, make_lead):
    assert len(rows_of(export(sign_in(ada)))) == 5
    assert len(rows_of(export(sign_in(ann), query="q=N1"))) == 1


def test_without_the_setting_no_export_waits(sign_in, ann, five, settings):
    settings.EXPORT_APPROVAL_ABOVE = 0
    assert len(rows_of(export(sign_in(ann)))) == 5


def test_only_another_user_with_the_permission_can_decide(sign_in, ann, carla, someone_with, five):
    asked = ask(sign_in(ann))
    assert decide(sign_in(ann), asked, "approve").status_code == 403
    assert decide(sign_in(carla), asked, "approve").status_code == 403
    eve = someone_with("see_departments", "view_lead", "export_lead", "approve_export")
    own = Export.objects.create(
        table="lead", user=eve, name="x.xlsx", columns=["id", "version"], state="asked"
    )
    assert "Another user has to approve or decline this export." in decide(sign_in(eve), own, "approve").text
    own.refresh_from_db()
    assert own.state == "asked"
    assert asked.name in sign_in(eve).get(LIST).text


def test_a_decided_export_cannot_be_decided_again(sign_in, ann, ada, five):
    asked = ask(sign_in(ann))
    browser = sign_in(ada)
    decide(browser, asked, "decline")
    assert decide(browser, asked, "approve").status_code == 404
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_another_users_approved_export_cannot_be_downloaded(sign_in, ann, ada, carla, five):
    asked = ask(sign_in(ann))
    decide(sign_in(ada), asked, "approve")
    assert fetch(sign_in(carla), asked).status_code == 404
    assert fetch(sign_in(ada), asked).status_code == 404


def test_an_approved_export_requires_the_permission_to_export_when_it_is_downloaded(sign_in, ann, ada, five):
    asked = ask(sign_in(ann))
    decide(sign_in(ada), asked, "approve")
    role = ann.groups.get()
    role.permissions.remove(role.permissions.get(codename="export_lead"))
    assert fetch(sign_in(ann), asked).status_code == 403
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_approvers_who_may_not_export_such_records_are_not_notified(sign_in, ann, ada, someone_with, five):
    someone_with("approve_export", "export_company")
    ask(sign_in(ann))
    assert [notice.user for notice in Notification.objects.all()] == [ada]


def test_an_expired_selection_cannot_be_downloaded(sign_in, ann, ada, five):
    browser = sign_in(ann)
    asked = ask(browser, query=f"set={freeze_set(ann, 'lead', [lead.pk for lead in five], '').pk}")
    decide(sign_in(ada), asked, "approve")
    FrozenSet.objects.all().delete()
    answer = sign_in(ann).post(reverse("exports:fetch", args=[asked.pk]), follow=True)
    assert "Selections are kept for one day only." in answer.text
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_an_approved_export_with_more_leads_than_were_approved_asks_again(sign_in, ann, ada, five, make_lead):
    asked = ask(sign_in(ann))
    decide(sign_in(ada), asked, "approve")
    for number in range(30):
        make_lead(f"Late L{number}")
    browser = sign_in(ann)
    page = browser.post(reverse("exports:fetch", args=[asked.pk]), follow=True)
    assert "It’s waiting for approval again." in page.text
    asked.refresh_from_db()
    assert (asked.state, asked.matched, asked.decided_by, asked.file) == ("asked", 35, None, "")
    assert Notification.objects.filter(user=ada, kind="export_asked").count() == 2
    assert fetch(browser, asked).status_code == 302
    decide(sign_in(ada), asked, "approve")
    assert len(names(b"".join(fetch(sign_in(ann), asked).streaming_content))) == 35


def test_leads_that_come_while_the_job_of_an_approved_export_waits_are_not_exported(
    sign_in, ann, ada, five, make_lead, monkeypatch
):
    monkeypatch.setattr("crm.transfer.exports.views.approval.MOST", 1)
    asked = ask(sign_in(ann))
    decide(sign_in(ada), asked, "approve")
    assert fetch(sign_in(ann), asked)["Location"] == LIST
    make_lead("Late L")
    asked.refresh_from_db()
    work(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.file, asked.wrote) == ("failed", "", None)
    assert asked.note == "The export has more records now than were approved. Export the records again."


def test_the_form_offers_the_saved_views_and_the_list_keeps_the_columns_of_the_open_one(sign_in, ann, five):
    view = SavedView.objects.create(
        table="lead", owner=ann, name="Hot ones", query="q=N3", columns=["name", "city"]
    )
    browser = sign_in(ann)
    text = browser.get(f"{NEW}?all=1").text
    assert f'href="{NEW}?{view.address.replace("&", "&amp;")}"' in text
    listed = browser.get(f"/admin/leads?{view.address}").text
    assert f'href="{NEW}?view={view.pk}&q=N3&ranked=1"' in listed.replace("&amp;", "&")
    (row,) = rows_of(export(browser, query=view.address, columns="view"))
    assert row["Last name"] == "N3"
    assert "City" in row
    assert "Company" not in row
