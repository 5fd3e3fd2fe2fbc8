"""After a change of many records, each page leads back to the list that it was started from, as it was."""

import re
from html import escape, unescape
from urllib.parse import quote, urlsplit

import pytest
from django.http import QueryDict

from crm.models import Job, Operation, SavedView
from crm.platform.jobs import run_job
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.way_back import add_list, add_list_of_url
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.verbs import AddTask
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled

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


def test_a_new_mailing_for_selected_records_leads_back_to_their_list(ann, make_lead, sign_in, departments):
    browser, listed = sign_in(ann), f"/admin/leads?{FILTERED}"
    page = press(browser, KINDS["lead"], "mailing", make_lead("Ana Pop", email="ana@a.example"))
    assert listed in links_back(browser, page, "Cancel")
    answer = browser.post(page, {"subject": "News", "department": departments.sales.pk})
    assert links_back(browser, answer["Location"]) == [listed]


@pytest.mark.parametrize("name", WITH_BULK)
def test_after_one_record_is_deleted_the_list_is_as_it_was(name, ann, make, sign_in):
    kind, browser, record = KINDS[name], sign_in(ann), make(name)
    page = add_list(record.get_absolute_url(), FILTERED)
    crumb = f"{kind.list_url}?{FILTERED}#row-{record.pk}"
    assert f'href="{escape(crumb)}"' in browser.get(page).text
    answer = press_on(browser, page, kind.get_url("delete", record.pk))
    assert answer == f"{kind.list_url}?{FILTERED}"


@pytest.mark.parametrize("name", WITH_BULK)
def test_a_record_of_the_list_of_all_leads_back_to_it_whichever_list_opens_first(name, ann, make, sign_in):
    kind, browser, record = KINDS[name], sign_in(ann), make(name)
    page = record.get_absolute_url()
    assert re.search(rf'href="?{page}[">]', browser.get(f"{kind.list_url}?all=1").text)
    assert f'href="{kind.list_url}?all=1#row-{record.pk}"' in browser.get(page).text
    assert press_on(browser, page, kind.get_url("delete", record.pk)) == f"{kind.list_url}?all=1"


def test_after_one_record_is_deleted_permanently_trash_is_as_it_was(ada, make_lead, sign_in):
    browser, lead = sign_in(ada), make_lead("Ana Pop")
    browser.post(f"/admin/leads/{lead.pk}/delete")
    (page,) = links_back(browser, "/admin/leads/trash?q=Ana&sort=name", "Ana Pop</a>")
    assert page == f"/admin/leads/{lead.pk}?trash=1&list=q%3DAna%26sort%3Dname"
    assert press_on(browser, page, f"/admin/leads/{lead.pk}/purge") == "/admin/leads/trash?q=Ana&sort=name"


def test_a_record_opened_from_a_board_leads_back_to_the_board(ann, make_lead, sign_in):
    browser, lead = sign_in(ann), make_lead("Ana Pop")
    (page,) = links_back(browser, "/admin/leads/board?q=Ana", "Ana Pop</a>")
    assert f"/admin/leads/board?q=Ana#card-{lead.pk}" in browser.get(page).text
    assert press_on(browser, page, f"/admin/leads/{lead.pk}/delete") == "/admin/leads/board?q=Ana"


def test_cards_that_are_changed_together_lead_back_to_their_board(ann, make_lead, sign_in):
    browser, board = sign_in(ann), "/admin/leads/board?q=Ana"
    lead = make_lead("Ana Pop")
    (form,) = re.findall(r'action="(/admin/leads/bulk[^"]*)"', browser.get(board).text)
    preview = browser.post(unescape(form), {"action": "vip", "record": lead.pk})["Location"]
    assert board in links_back(browser, preview, "Cancel")
    assert links_back(browser, browser.post(preview)["Location"]) == [board]


def test_a_page_of_a_saved_view_is_what_its_records_lead_back_to(ann, make_lead, sign_in):
    browser, view = sign_in(ann), SavedView.objects.create(table="lead", owner=ann, name="A", query="q=Ana")
    for number in range(51):
        make_lead(f"Ana {number}")
    (second,) = set(
        re.findall(r"after=[^&\"]+", browser.get(f"/admin/leads?q=Ana&sort=id&view={view.pk}").text)
    )
    listed = f"/admin/leads?q=Ana&sort=id&{second}&view={view.pk}"
    text = browser.get(listed).text
    (form,) = re.findall(r'action="(/admin/leads/bulk[^"]*)"', text)
    assert QueryDict(urlsplit(unescape(form)).query) == QueryDict(urlsplit(listed).query)
    (page,) = links_back(browser, listed, "Ana 50</a>")
    answer = press_on(browser, page, f"{page.partition('?')[0]}/delete")
    assert QueryDict(urlsplit(answer).query) == QueryDict(urlsplit(listed).query)


STAYING = {
    "Take": ("take", {}),
    "a task": ("tasks", {"title": "Call"}),
    "a star": ("inline/vip", {"wanted": "on"}),
}


@pytest.mark.parametrize(("path", "sent"), STAYING.values(), ids=STAYING)
def test_a_change_on_the_page_of_a_record_stays_in_its_list(path, sent, ann, make_lead, sign_in):
    lead = make_lead("Ana Pop", owner=None if path == "take" else ann)
    page = add_list(lead.get_absolute_url(), FILTERED)
    assert press_on(sign_in(ann), page, f"{lead.get_absolute_url()}/{path}", **sent) == page


def test_the_form_of_a_new_record_leads_back_to_the_list_that_opens_first(ada, sign_in):
    text = sign_in(ada).get("/admin/leads/new").text
    assert text.count('href="/admin/leads"') == 3
    assert "#row-" not in text


def test_the_forms_on_which_a_record_is_edited_or_converted_lead_back_to_it_in_its_list(
    ada, make_lead, sign_in
):
    browser, lead = sign_in(ada), make_lead("Ana Pop")
    page, listed = add_list(lead.get_absolute_url(), FILTERED), f"/admin/leads?{FILTERED}#row-{lead.pk}"
    for form in (f"{lead.get_absolute_url()}/edit", f"{lead.get_absolute_url()}/convert"):
        url = add_list(form, FILTERED)
        assert f'href="{escape(url)}"' in browser.get(page).text
        text = browser.get(url).text
        assert f'href="{escape(page)}"' in text
        assert f'href="{escape(listed)}"' in text
    url = add_list(f"{lead.get_absolute_url()}/edit", FILTERED)
    assert browser.post(url, filled(lead, name="Ana Rus"))["Location"] == page


def press_on(browser, page: str, url: str, **sent) -> str:
    """Where a button on a page leads."""
    return browser.post(url, sent, headers={"referer": f"http://testserver{page}"})["Location"]


@pytest.mark.parametrize("shown", ["all=1", "sort=name", "view=7"])
@pytest.mark.parametrize("name", WITH_BULK)
def test_a_change_from_a_list_without_a_filter_leads_back_to_that_list(name, shown, ann, make, sign_in):
    kind, browser = KINDS[name], sign_in(ann)
    make(name)
    page = browser.get(f"{kind.list_url}?{shown}").text
    bulk = unescape(re.search(rf'action="({kind.get_url("bulk")}[^"]*)"', page)[1])
    sent = {"action": "bin", "record": [kind.model.objects.latest("pk").pk]}
    preview = browser.post(bulk, sent)["Location"]
    assert links_back(browser, browser.post(preview)["Location"]) == [f"{kind.list_url}?{shown}"]


@pytest.fixture
def ana(ann, bob, make_lead):
    """A lead with an open task, a note and a meeting that is over."""
    lead = make_lead("Ana Pop", owner=ann, email="ana@omnia.example")
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(AddTask(by=ann, task={"title": "Call back", "user": ann}), rows, by=ann)
    carry_out(AddActivity(ann, Activity.Type.NOTE, "Wants a sample"), rows, by=ann)
    return lead


LISTED = f"/admin/leads?{FILTERED}"
ON_BOARD = "/admin/leads/board?q=Ana&view=7"


@pytest.mark.parametrize("listed", [LISTED, ON_BOARD])
def test_the_pages_of_a_task_and_of_an_activity_lead_back_to_the_list_as_it_was(listed, ana, ann, sign_in):
    browser, lead = sign_in(ann), KINDS["lead"]
    opened = add_list_of_url(ana.get_absolute_url(), lead, listed)
    shown_as = "card" if listed == ON_BOARD else "row"
    page = unescape(browser.get(opened).text)
    task, note = Task.objects.get(), Activity.objects.get()
    for path in (
        lead.get_url("task", ana.pk, task.pk),
        lead.get_url("activity", ana.pk, note.pk),
        lead.get_url("email", ana.pk),
    ):
        url = add_list_of_url(path, lead, listed)
        assert f'href="{url}"' in page, path
        below = browser.get(url).text
        assert f"{listed}#{shown_as}-{ana.pk}" in links_back(browser, url, "Leads</a>"), path
        assert f'href="{escape(opened)}"' in below, path


def build_sent(form) -> dict[str, str]:
    """The form as a browser sends it."""
    values = {field.html_name: field.value() for field in form}
    return {name: str(value) for name, value in values.items() if value is not None} | {"version": "1"}


def test_what_is_saved_on_the_page_of_a_task_or_an_activity_leads_to_the_record_in_its_list(
    ana, ann, sign_in
):
    browser, lead = sign_in(ann), KINDS["lead"]
    opened = add_list_of_url(ana.get_absolute_url(), lead, LISTED)
    task, note = Task.objects.get(), Activity.objects.get()
    for path, sent in (
        (lead.get_url("task", ana.pk, task.pk), {"title": "Call again"}),
        (lead.get_url("activity", ana.pk, note.pk), {"text": "Wants two samples"}),
    ):
        url = add_list_of_url(path, lead, LISTED)
        saved = browser.post(url, build_sent(browser.get(url).context["form"]) | sent)
        assert saved["Location"] == opened, path
    url = add_list_of_url(lead.get_url("task", ana.pk, task.pk), lead, LISTED)
    done = browser.post(
        lead.get_url("complete_task", ana.pk, task.pk), headers={"referer": f"http://testserver{url}"}
    )
    assert done["Location"] == opened


def test_the_other_parts_of_a_timeline_keep_the_list(ana, ann, sign_in):
    opened = add_list_of_url(ana.get_absolute_url(), KINDS["lead"], LISTED)
    page = unescape(sign_in(ann).get(opened).text)
    tabs = re.findall(r'class="tab" href="([^"]*)"', page)
    assert tabs
    assert {QueryDict(tab[1:]).get("list") for tab in tabs} == {FILTERED}
