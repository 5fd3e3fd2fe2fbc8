"""The list of users, and who can open which user screen."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from tests.conftest import PASSWORD, make_user
from tests.reading import close_up

MANAGING = ("accounts.view_user", "accounts.add_user", "accounts.change_user")


def names(answer) -> list[str]:
    return [record.name for record in answer.context["table"].data]


def role(key) -> Role:
    return Role.objects.get(key=key)


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403_on_every_user_screen(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    for path in ("", "/new", f"/{cast.ben.pk}", f"/{cast.ben.pk}/edit", f"/{cast.ben.pk}/deactivate"):
        assert browser.get(f"/admin/users{path}").status_code == 403, path
    for path in (
        "/new",
        *(f"/{cast.ben.pk}/{act}" for act in ("edit", "link", "deactivate", "reactivate", "inspect")),
    ):
        assert browser.post(f"/admin/users{path}").status_code == 403, path


@pytest.mark.parametrize(
    ("permission", "opens"),
    [
        ("accounts.view_user", {"", "/{}"}),
        ("accounts.add_user", {"/new"}),
        ("accounts.change_user", {"/{}/edit"}),
        ("accounts.delete_user", {"/{}/deactivate"}),
    ],
)
def test_each_permission_opens_only_its_own_screens(sign_in, ann, bob, grant, permission, opens):
    browser = sign_in(grant(ann, permission))
    for path in ("", "/{}", "/new", "/{}/edit", "/{}/deactivate"):
        expected = 200 if path in opens else 403
        assert browser.get(f"/admin/users{path.format(bob.pk)}").status_code == expected, path


def test_the_administrator_can_open_all_of_them(sign_in, ada, bob):
    browser = sign_in(ada)
    for path in ("", "/new", f"/{bob.pk}", f"/{bob.pk}/edit", f"/{bob.pk}/deactivate"):
        assert browser.get(f"/admin/users{path}").status_code == 200


def test_settings_are_in_the_navigation_of_users_who_can_open_one(sign_in, ada, bob):
    front = f'href="{reverse("settings")}"'
    assert front in sign_in(ada).get("/profile").text
    assert front not in sign_in(bob).get("/profile").text


def test_the_list_is_in_alphabetical_order_for_people(sign_in, ada, departments):
    for name in ("Zoe", "adam", "Éric", "Ștefan", "Østergaard", "Stone"):
        make_user(f"u{ord(name[0])}{len(name)}", "rep", [departments.sales], full_name=f"~{name}")
    found = names(sign_in(ada).get("/admin/users", {"q": "~"}))
    assert found == ["~adam", "~Éric", "~Østergaard", "~Ștefan", "~Stone", "~Zoe"]


def test_search_finds_parts_of_name_and_email_without_accents(sign_in, ada, departments):
    make_user("stefan", "rep", [departments.sales], full_name="Ștefan Dumitru")
    browser = sign_in(ada)
    for words in ("stefan", "ȘTEFAN dum", "dumit", "stefan@EXAMPLE"):
        assert names(browser.get("/admin/users", {"q": words})) == ["Ștefan Dumitru"], words
    assert "No matching users" in browser.get("/admin/users", {"q": "nobody of this name"}).text


def test_only_active_users_are_shown_by_default(sign_in, ada, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = sign_in(ada)
    assert "Bob" not in names(browser.get("/admin/users"))
    assert names(browser.get("/admin/users", {"state": "inactive"})) == ["Bob"]
    assert {"Bob", "Ada"} <= set(names(browser.get("/admin/users", {"state": "all"})))


def test_department_and_role_filters_combine(sign_in, ada, departments):
    browser = sign_in(ada)
    filters = {"department": departments.export.pk, "role": role("rep").pk}
    assert names(browser.get("/admin/users", filters)) == ["Dan"]


def test_a_filter_begins_with_a_capital_as_those_of_other_lists_do(sign_in, ada):
    page = close_up(sign_in(ada).get("/admin/users").text)
    first = re.findall(r'<option value=""[^>]*>([^<]*)', page)
    assert first == ["Active", "All departments", "All roles"]


@pytest.mark.parametrize(
    "filters", [{"department": "x"}, {"role": "999999"}, {"state": "odd"}, {"q": "a\0b"}]
)
def test_an_invalid_filter_gets_400_and_a_message(sign_in, ada, filters):
    answer = sign_in(ada).get("/admin/users", filters)
    assert answer.status_code == 400
    assert "This filter was ignored." in answer.text


def test_the_list_sorts_by_name_email_and_last_sign_in(sign_in, ada, bob):
    browser = sign_in(ada)
    by_name = names(browser.get("/admin/users"))
    assert names(browser.get("/admin/users", {"sort": "-name"})) == by_name[::-1]
    assert names(browser.get("/admin/users", {"sort": "-email"})) == by_name[::-1]
    Client().post("/login", {"email": "bob@example.com", "password": PASSWORD})
    assert names(browser.get("/admin/users", {"sort": "-last_login"}))[:2] == ["Bob", "Ada"]
    assert names(browser.get("/admin/users", {"sort": "password"})) == by_name


def test_the_list_has_pages_and_a_constant_number_of_queries(
    sign_in, ada, departments, django_assert_max_num_queries
):
    for number in range(30):
        make_user(f"user{number}", "rep", [departments.sales, departments.export])
    User.objects.filter(pk=ada.pk).update(rows_per_page=25)
    browser = sign_in(ada)
    with django_assert_max_num_queries(14):
        answer = browser.get("/admin/users")
    assert len(names(answer)) == 25
    assert "39 users" in answer.text
    assert len(names(browser.get("/admin/users", {"page": 2}))) == 14
    assert browser.get("/admin/users", {"page": "many"}).status_code == 200


def test_users_who_do_not_see_all_departments_see_only_the_members_of_their_own(sign_in, ann, dan, grant):
    browser = sign_in(grant(ann, *MANAGING))
    found = names(browser.get("/admin/users"))
    assert "Bob" in found
    assert "Dan" not in found
    assert "Export" not in browser.get("/admin/users").text
    missing = browser.get("/admin/users/999999999")
    for path in ("", "/edit"):
        answer = browser.get(f"/admin/users/{dan.pk}{path}")
        assert answer.status_code == 404
        assert len(answer.content) == len(missing.content)


def test_the_page_of_a_user_counts_only_the_leads_that_its_reader_sees(sign_in, ann, ada, bob, grant, scene):
    assert "3 open leads" in close_up(sign_in(ada).get(f"/admin/users/{bob.pk}").text)
    page = sign_in(grant(ann, *MANAGING)).get(f"/admin/users/{bob.pk}").text
    assert "2 open leads" in close_up(page)
