"""Shared pages refer to companies when they show companies, also for users without access to leads."""

import re

import pytest

from crm.models import SavedView
from tests.crm.transfer.imports import importing

RIGHTS = ("view", "add", "change", "delete", "import", "export", "bulk", "take", "assign", "purge")
COMPANIES = "/admin/companies"


@pytest.fixture
def eve(someone_with):
    """She has every permission for companies and none for leads."""
    return someone_with(*(f"{right}_company" for right in RIGHTS), "see_departments", "share_view")


def part(page: str, pattern: str) -> str:
    return re.search(pattern, page, re.DOTALL)[0]


def words_of(page: str) -> str:
    spoken = " ".join(re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', page))
    return re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL) + spoken


def test_users_without_access_to_leads_find_imports_and_exports_next_to_the_jobs(sign_in, eve):
    browser = sign_in(eve)
    for path in ("/admin/jobs", "/admin/imports", "/admin/exports"):
        tabs = part(browser.get(path).text, r'<nav class="tabs".*?</nav>')
        assert "/admin/imports" in tabs
        assert "/admin/exports" in tabs


def test_users_who_may_neither_import_nor_export_see_no_such_tab(sign_in, someone_with):
    adam = someone_with("view_lead", "see_departments", name="adam")
    tabs = part(sign_in(adam).get("/admin/jobs").text, r'<nav class="tabs".*?</nav>')
    assert "/admin/imports" not in tabs
    assert "/admin/exports" not in tabs


def test_the_home_page_and_empty_pages_link_only_to_pages_the_user_may_open(sign_in, eve):
    browser = sign_in(eve)
    assert browser.get("/")["Location"] == "/admin/today"
    assert f'href="{COMPANIES}"' in browser.get("/admin/today").text
    assert "/admin/leads" not in browser.get("/admin/today").text
    for path in ("/admin/jobs", "/notifications"):
        empty = part(browser.get(path).text, r'<section class="empty".*?</section>')
        for address in re.findall(r'href="([^"]+)"', empty):
            assert browser.get(address, follow=True).status_code == 200, (path, address)


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
@pytest.mark.parametrize("kind", ["leads", "companies"])
def test_new_rows_of_an_import_have_a_header_for_each_cell(sign_in, ann, monkeypatch, kind):
    monkeypatch.setattr(importing, "NEW", f"/admin/{kind}/import")
    browser = sign_in(ann)
    rows = [["Company", "Phone"], ["Alpha SRL", "+40215550101"], ["Beta SRL", "+40215550102"]]
    imported = importing.choose(browser, importing.upload(browser, rows), "columns")
    page = importing.shown(browser, imported, "plan").text
    page = page[page.index('<h2 id="new"') :]
    heads = re.findall(r'<th scope="col">(.*?)</th>', part(page, r"<thead>.*?</thead>"))
    labels = re.findall(r'<td data-label="([^"]*)"', part(page, r"<tbody>\s*<tr>.*?(?=<tr>|</tbody>)"))
    assert [heads[0], *heads[2:]] == labels


def test_deleting_a_view_of_companies_does_not_mention_leads(sign_in, ann):
    view = SavedView.objects.create(owner=ann, table="company", name="Mine", position=1)
    page = sign_in(ann).post(f"{COMPANIES}/views/{view.pk}/remove", follow=True).text
    notice = words_of(part(page, r'id="notice".*?</div>'))
    assert "Mine" in notice
    assert "ead" not in notice


def test_no_page_of_companies_mentions_or_links_to_leads(sign_in, ann, make_company):
    browser, company = sign_in(ann), make_company("Alpha SRL")
    one = f"{COMPANIES}/{company.pk}"
    bulk = browser.post(f"{COMPANIES}/bulk", {"action": "bin", "record": company.pk})["Location"]
    lists = [
        "?all=1",
        "?q=zzz",
        "/filter",
        "/columns",
        "/views",
        "/views/new?q=a",
        "/import",
        "/export?all=1",
    ]
    paths = [f"{COMPANIES}{path}" for path in [*lists, "/new", "/trash", "/trash?q=zz", "/count"]]
    paths += [bulk, one, *(f"{one}/{path}" for path in ("edit", "inline/owner", "inline/domain", "why"))]
    wrong = []
    for path in paths:
        page = part(browser.get(path).text, r"<main.*?</main>")
        words = words_of(page).replace("Leads of these companies", "")
        wrong += [(path, found[0]) for found in re.finditer(r".{0,40}\b[Ll]eads?\b.{0,40}", words)]
        wrong += [(path, found[0]) for found in re.finditer(r'"/admin/leads[^"]*"', page)]
    assert wrong == []
