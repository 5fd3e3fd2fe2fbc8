"""After a change of many records, each page leads back to the list that it was started from, as it was."""

from html import unescape
from urllib.parse import quote

import pytest

from crm.models import Job, Operation
from crm.platform.jobs import run_job
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS

FILTERED = "q=Ana&sort=-created&view=7&after=2.x"
WITH_BULK = [name for name, kind in KINDS.items() if kind.get_action("bin")]


@pytest.fixture
def make(request):
    def make_one(kind: str):
        words = {
            "lead": "Ana Pop",
            "company": "Ana SRL",
            "contact": "Ana Pop",
            "deal": "Ana",
            "request": "Ana Pop",
        }
        return request.getfixturevalue(f"make_{kind}")(words[kind])

    return make_one


def press(browser, kind, action, *records, query=FILTERED) -> str:
    """The page that a button of the bulk bar opens."""
    sent = {"action": action, "record": [record.pk for record in records]}
    return browser.post(f"{kind.get_url('bulk')}?{query}", sent)["Location"]


def links_back(browser, address: str, text: str = "Back to the list") -> list[str]:
    """Where the links with this text lead."""
    page = browser.get(address).text.split(text)[:-1]
    return [unescape(part.rpartition('href="')[2].partition('"')[0]) for part in page]


@pytest.mark.parametrize("name", WITH_BULK)
def test_a_change_its_undo_and_their_previews_lead_back_to_the_list_as_it_was(name, ann, make, sign_in):
    kind, browser = KINDS[name], sign_in(ann)
    listed = f"{kind.list_url}?{FILTERED}"
    preview = press(browser, kind, "bin", make(name))
    assert listed in links_back(browser, preview, "Cancel")
    changed = browser.post(preview)["Location"]
    assert links_back(browser, changed) == [listed]
    assert browser.post(preview)["Location"] == changed
    (undo,) = [one for one in links_back(browser, changed, "Undo, until") if "/undo" in one]
    assert f"/admin/operations/{Operation.objects.latest('pk').pk}?back=" in browser.get(undo).text
    undone = browser.post(undo)["Location"]
    assert undone != changed
    assert links_back(browser, undone) == [listed]
    assert browser.post(undo)["Location"] == undone


@pytest.mark.parametrize("name", WITH_BULK)
def test_records_restored_from_trash_lead_back_to_trash(name, ann, make, sign_in):
    kind, browser = KINDS[name], sign_in(ann)
    record = make(name)
    carry_out(Delete(), kind.model.objects.present().changeable_by(ann), by=ann)
    preview = press(browser, kind, "restore", record, query="bin=1&q=Ana")
    listed = f"{kind.get_url('trash')}?q=Ana"
    assert listed in links_back(browser, preview, "Cancel")
    assert links_back(browser, browser.post(preview)["Location"]) == [listed]


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_job_and_the_job_of_its_undo_lead_back_too_but_only_their_user(
    ann, ada, make_lead, sign_in, monkeypatch
):
    monkeypatch.setattr("crm.records.screens.views.bulk.ROWS_AT_ONCE", 0)
    monkeypatch.setattr("crm.records.history.views.operations.ROWS_AT_ONCE", 0)
    browser, listed = sign_in(ann), f"/admin/leads?{FILTERED}"
    page = browser.post(press(browser, KINDS["lead"], "vip", make_lead("Ana Pop")))["Location"]
    assert links_back(browser, page) == [listed]
    (result,) = [one for one in run_and_find_result(browser, page) if "back=" in one]
    assert links_back(browser, result) == [listed]
    page = browser.post(result.replace("?", "/undo?"))["Location"]
    assert links_back(browser, page) == [listed]
    (result,) = [one for one in run_and_find_result(browser, page) if "back=" in one]
    assert links_back(browser, result) == [listed]
    assert links_back(sign_in(ada), page) == []


def run_and_find_result(browser, page: str) -> list[str]:
    run_job(job_id=Job.objects.latest("pk").pk)
    return links_back(browser, page, "Result")


def test_all_that_match_lead_back_to_their_page_of_the_list(ann, make_lead, sign_in):
    make_lead("Ana Pop")
    browser = sign_in(ann)
    preview = browser.post("/admin/leads/bulk?q=Ana&sort=name", {"action": "vip", "all": "1"})["Location"]
    assert links_back(browser, browser.post(preview)["Location"]) == ["/admin/leads?q=Ana&sort=name"]


def test_undo_pressed_in_a_message_leads_back_to_the_list_below_it(ann, make_lead, sign_in):
    browser = sign_in(ann)
    changed = browser.post(press(browser, KINDS["lead"], "vip", make_lead("Ana Pop")))["Location"]
    undo = f"{changed.partition('?')[0]}/undo"
    answer = browser.post(undo, headers={"referer": f"http://testserver/admin/leads?{FILTERED}"})
    assert links_back(browser, answer["Location"]) == [f"/admin/leads?{FILTERED}"]


@pytest.mark.parametrize(
    "back", ["https://evil.example/admin/leads", "//evil.example/admin/leads", "/admin/settings"]
)
def test_no_page_leads_to_another_site(back, ann, make_lead, sign_in):
    browser = sign_in(ann)
    changed = browser.post(press(browser, KINDS["lead"], "vip", make_lead("Ana Pop")))["Location"].partition(
        "?"
    )[0]
    asked = f"?back={quote(back, safe='')}"
    for page in (
        changed + asked,
        f"{changed}/undo{asked}",
        f"/admin/exports{asked}",
        f"/admin/leads/export{asked}",
    ):
        text = browser.get(page).text
        assert "Back to the list" not in text
        assert f'href="{back}' not in text
    answer = browser.post(f"{changed}/undo{asked}", headers={"referer": back})
    assert "evil" not in answer["Location"]


def test_a_merge_leads_to_the_record_as_one_of_the_list_and_cancel_back_to_the_list(ann, make_lead, sign_in):
    kept, other = make_lead("Ana Pop"), make_lead("Ana Pop")
    browser = sign_in(ann)
    page = press(browser, KINDS["lead"], "merge", kept, other)
    assert f"/admin/leads?{FILTERED}" in links_back(browser, page, "Cancel")
    sent = {"kept": kept.pk, "part": [kept.pk, other.pk]}
    sent |= {f"version_{lead.pk}": lead.version for lead in (kept, other)}
    record = browser.post(page, sent)["Location"]
    assert f"/admin/leads?{FILTERED}#row-{kept.pk}" in links_back(browser, record, "Leads\n")


def test_an_export_of_selected_records_leads_back_to_their_list(ann, make_lead, sign_in, settings):
    settings.EXPORT_APPROVAL_ABOVE = 1
    leads = [make_lead("Ana Pop"), make_lead("Ana Rus")]
    browser, listed = sign_in(ann), f"/admin/leads?{FILTERED}"
    page = press(browser, KINDS["lead"], "export", *leads)
    assert listed in links_back(browser, page, "Cancel")
    (write,) = [one for one in browser.get(page).text.split('action="') if "export/write" in one]
    answer = browser.post(unescape(write.partition('"')[0]), {"columns": "all", "format": "xlsx"})
    assert links_back(browser, answer["Location"]) == [listed]
