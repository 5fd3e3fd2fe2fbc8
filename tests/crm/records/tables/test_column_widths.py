"""The widths of columns: for each user, record type and view with its own columns; bounded; and dropped columns."""

import re

import pytest

from crm.models import ListSettings, SavedView
from crm.records.tables.list_columns import get_columns_after_placement

AT = "/admin/leads/columns"


def widths_in(page: str) -> dict[str, str]:
    """The widths of the headers by their data-col."""
    return dict(re.findall(r'<th scope="col" data-col=([^ >]+)[^>]*? data-width="([^"]+)"', page))


@pytest.fixture
def own_columns(ann, departments):
    """A view that keeps its columns, for Sales."""
    return SavedView.objects.create(
        table="lead",
        owner=ann,
        name="Wide",
        department=departments.sales,
        columns=["name", "company", "city"],
        widths={"company": 30, "city": 9},
    )


def test_a_width_is_kept_for_its_user_and_record_type(ann, bob, make_lead, sign_in):
    make_lead(owner=bob)
    browser = sign_in(ann)
    assert "data-sized" not in browser.get("/admin/leads?all=1").text
    answer = browser.post(f"{AT}/company?vip=no&sort=name", {"width-company": "24"})
    assert answer["Location"] == "/admin/leads?vip=no&sort=name"
    assert ListSettings.objects.get().widths == {"lead": {"company": 24}}
    page = browser.get("/admin/leads?all=1").text
    assert widths_in(page) == {"company": "24"}
    assert "data-sized" in page
    assert "data-sized" not in browser.get("/admin/companies?all=1").text
    assert "data-sized" not in sign_in(bob).get("/admin/leads?all=1").text


def test_a_page_that_has_changed_its_widths_itself_sends_several_and_gets_nothing_back(ann, sign_in):
    browser = sign_in(ann)
    sent = {"width-company": "24", "width-name": "6", "width-owner": "96"}
    answer = browser.post(f"{AT}/company", sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    browser.post(f"{AT}/company", {"width-owner": ""})
    assert ListSettings.objects.get().widths == {"lead": {"company": 24, "name": 6}}


def test_a_column_that_is_hidden_and_shown_again_has_its_width(ann, make_lead, sign_in):
    make_lead()
    browser = sign_in(ann)
    browser.post(f"{AT}/company", {"width-company": "7"})
    browser.post(f"{AT}/company", {"move": "hide"})
    assert "data-sized" not in browser.get("/admin/leads?all=1").text
    browser.post(AT, {"column": ["company", "city"]})
    assert widths_in(browser.get("/admin/leads?all=1").text) == {"company": "07"}
    browser.post(AT, {"reset": "1"})
    assert "data-sized" not in browser.get("/admin/leads?all=1").text


@pytest.mark.parametrize("width", ["5", "97", "-9", "wide", "1e3", "24\0", "9" * 5_000, "12.5", "0"])
def test_an_invalid_width_is_explained_and_nothing_is_written(width, ann, sign_in):
    browser = sign_in(ann)
    sent = {"width-company": width, "width-city": "20"}
    answer = browser.post(f"{AT}/company", sent)
    assert answer.status_code == 422
    assert "Enter a width from 6 to 96." in answer.text
    assert "<html" in answer.text
    part = browser.post(f"{AT}/company", sent, headers={"HX-Request": "true", "HX-Target": "notice"})
    assert part.status_code == 422
    assert "Enter a width from 6 to 96. Nothing was changed." in " ".join(part.text.split())
    assert "<html" not in part.text
    assert not ListSettings.objects.exists()


@pytest.mark.parametrize("sent", [{"width-password": "20"}, {"width": "20"}, {}])
def test_an_unknown_column_has_no_width(sent, ann, sign_in):
    assert sign_in(ann).post(f"{AT}/company", sent).status_code == 400
    assert not ListSettings.objects.exists()


def test_a_custom_field_that_the_reader_cannot_see_has_no_width(ann, bob, make_field, sign_in):
    secret = make_field("Secret", "text", roles=[ann.groups.get().pk])
    assert sign_in(bob).post(f"{AT}/company", {f"width-{secret.name}": "20"}).status_code == 400
    assert sign_in(bob).post(f"{AT}/{secret.name}", {f"width-{secret.name}": "20"}).status_code == 404
    assert sign_in(ann).post(f"{AT}/{secret.name}", {f"width-{secret.name}": "20"}).status_code == 302


def test_the_menu_offers_the_next_widths_and_the_usual_one_without_javascript(ann, sign_in):
    browser = sign_in(ann)

    def offered(name: str) -> dict[str, str]:
        page = browser.get(f"{AT}/{name}").text
        found = re.findall(rf'name="width-{name}" value="(\d*)"[^>]*>(.*?)</button>', page, re.DOTALL)
        return {" ".join(re.sub(r"<[^>]*>", "", text).split()): value for value, text in found}

    assert offered("company") == {"Wider": "24", "Narrower": "16", "Usual width": ""}
    assert offered("name") == {"Wider": "44", "Narrower": "36", "Usual width": ""}
    browser.post(f"{AT}/company", {"width-company": "95"})
    assert offered("company") == {"Wider": "96", "Narrower": "91", "Usual width": ""}
    browser.post(f"{AT}/company", {"width-company": "7"})
    assert offered("company") == {"Wider": "11", "Narrower": "6", "Usual width": ""}
    assert offered("city") == {}


def test_a_view_with_its_own_columns_has_its_own_widths(ann, ben, own_columns, make_lead, sign_in):
    make_lead(owner=ben)
    browser, address = sign_in(ben), f"/admin/leads?{own_columns.address}"
    browser.post(f"{AT}/company", {"width-company": "50"})
    assert widths_in(browser.get(address).text) == {"company": "30", "city": "09"}
    answer = browser.post(f"{AT}/city?view={own_columns.pk}", {"width-city": "12"})
    assert answer["Location"] == f"/admin/leads?view={own_columns.pk}"
    assert widths_in(browser.get(address).text) == {"company": "30", "city": "12"}
    assert widths_in(browser.get("/admin/leads?all=1").text) == {"company": "50"}
    own_columns.refresh_from_db()
    assert own_columns.widths == {"company": 30, "city": 9}
    browser.post(f"{AT}/city?view={own_columns.pk}", {"width-city": ""})
    assert widths_in(browser.get(address).text)["city"] == "09"
    assert widths_in(sign_in(ann).get(address).text) == {"company": "30", "city": "09"}


def test_a_private_view_of_a_colleague_lends_no_widths(ben, own_columns, make_lead, sign_in):
    make_lead(owner=ben)
    SavedView.objects.update(department=None)
    browser = sign_in(ben)
    assert "data-sized" not in browser.get(f"/admin/leads?{own_columns.address}").text
    browser.post(f"{AT}/company?view={own_columns.pk}", {"width-company": "50"})
    assert ListSettings.objects.get().widths == {"lead": {"company": 50}}


def test_a_saved_view_keeps_the_widths_with_its_columns(ann, own_columns, sign_in):
    browser = sign_in(ann)
    browser.post(f"{AT}/company", {"width-company": "50"})
    browser.post("/admin/leads/views/new?vip=yes", {"name": "With", "keep_columns": "on"})
    browser.post("/admin/leads/views/new?vip=yes", {"name": "Without"})
    keep = {"name": "Copy", "keep_columns": "on"}
    browser.post(f"/admin/leads/views/new?view={own_columns.pk}&vip=yes", keep)
    found = dict(SavedView.objects.values_list("name", "widths"))
    assert found["With"] == {"company": 50}
    assert found["Without"] == {}
    assert found["Copy"] == {"company": 30, "city": 9}


@pytest.mark.parametrize(
    ("name", "other", "columns"),
    [
        ("owner", "name", ["name", "owner", "email", "company"]),
        ("email", "owner", ["name", "company", "owner", "email"]),
        ("email", "company", ["name", "company", "email", "owner"]),
        ("email", "name", ["name", "email", "company", "owner"]),
        ("name", "email", None),
        ("email", "email", None),
        ("city", "email", None),
        ("email", "city", None),
        ("email", "", None),
    ],
)
def test_a_column_is_put_behind_another_one(name, other, columns):
    assert get_columns_after_placement(["name", "email", "company", "owner"], name, other) == columns


def test_a_dropped_column_is_saved_and_keeps_the_view(ann, sign_in):
    browser, htmx = sign_in(ann), {"HX-Request": "true"}
    view = SavedView.objects.create(table="lead", owner=ann, name="Mine", query="vip=no")
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "email", "company", "owner"]})
    address = f"{AT}/owner?{view.address}"
    assert browser.post(address, {"after": "name"}, headers=htmx).status_code == 204
    assert ListSettings.objects.get().columns["lead"] == ["name", "owner", "email", "company"]
    assert browser.post(address, {"after": "email"})["Location"] == f"/admin/leads?{view.address}"
    assert ListSettings.objects.get().columns["lead"] == ["name", "email", "owner", "company"]
    assert browser.post(address, {"after": "password"}, headers=htmx).status_code == 400
    assert ListSettings.objects.get().columns["lead"] == ["name", "email", "owner", "company"]


def test_a_column_dropped_in_a_view_with_its_own_columns_leaves_it_with_its_widths(ben, own_columns, sign_in):
    browser = sign_in(ben)
    answer = browser.post(
        f"{AT}/city?view={own_columns.pk}", {"after": "name"}, headers={"HX-Request": "true"}
    )
    assert answer["HX-Redirect"] == "/admin/leads?all=1"
    own = ListSettings.objects.get()
    assert own.columns["lead"] == ["name", "city", "company"]
    assert own.widths["lead"] == {"company": 30, "city": 9}
    own_columns.refresh_from_db()
    assert own_columns.columns == ["name", "company", "city"]


def test_columns_of_companies_have_widths_too(ann, make_company, sign_in):
    make_company("Acme")
    browser = sign_in(ann)
    browser.post("/admin/companies/columns/country", {"width-country": "33"})
    assert ListSettings.objects.get().widths == {"company": {"country": 33}}
    assert widths_in(browser.get("/admin/companies?all=1").text) == {"country": "33"}
