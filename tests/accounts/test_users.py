"""Users: the list, a user's page, new, edit, links; nobody grants more than they hold."""

import os
import re
import threading
from datetime import timedelta
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.jobs import mail_link
from accounts.links import link_for
from accounts.models import Department, Membership, Role, User
from tests.conftest import PASSWORD, make_user

MANAGING = ("accounts.view_user", "accounts.add_user", "accounts.change_user")


def body(answer) -> str:
    return answer.content.decode()


def names(answer) -> list[str]:
    return [record.name for record, _before, _cells in answer.context["table"].lines()]


def role(key) -> Role:
    return Role.objects.get(key=key)


def form_of(departments, **values):
    return {
        "name": "Eva Nová",
        "email": "eva@example.com",
        "department": departments.sales.pk,
        "also": [],
        "roles": [role("rep").pk],
        **values,
    }


# Who may


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_who_lacks_the_right_gets_403_on_every_screen_of_users(sign_in, cast, who):
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
def test_each_permission_opens_its_own_screens_only(sign_in, ann, bob, grant, permission, opens):
    browser = sign_in(grant(ann, permission))
    for path in ("", "/{}", "/new", "/{}/edit", "/{}/deactivate"):
        expected = 200 if path in opens else 403
        assert browser.get(f"/admin/users{path.format(bob.pk)}").status_code == expected, path


def test_the_administrator_may_open_all_of_them(sign_in, ada, bob):
    browser = sign_in(ada)
    for path in ("", "/new", f"/{bob.pk}", f"/{bob.pk}/edit", f"/{bob.pk}/deactivate"):
        assert browser.get(f"/admin/users{path}").status_code == 200


def test_settings_stand_in_the_rail_of_those_who_may_open_one_of_them(sign_in, ada, bob):
    assert 'href="/admin/users"' in body(sign_in(ada).get("/profile"))
    assert "/admin/users" not in body(sign_in(bob).get("/profile"))


# The list


def test_the_list_shows_colleagues_in_the_order_of_people(sign_in, ada, departments):
    for name in ("Zoe", "adam", "Éric", "Ștefan", "Østergaard", "Stone"):
        make_user(f"u{ord(name[0])}{len(name)}", "rep", [departments.sales], full_name=f"~{name}")
    found = names(sign_in(ada).get("/admin/users", {"q": "~"}))
    assert found == ["~adam", "~Éric", "~Østergaard", "~Ștefan", "~Stone", "~Zoe"]


def test_search_finds_parts_of_name_and_email_without_marks(sign_in, ada, departments):
    make_user("stefan", "rep", [departments.sales], full_name="Ștefan Dumitru")
    browser = sign_in(ada)
    for words in ("stefan", "ȘTEFAN dum", "dumit", "stefan@EXAMPLE"):
        assert names(browser.get("/admin/users", {"q": words})) == ["Ștefan Dumitru"], words
    assert "Nobody matches" in body(browser.get("/admin/users", {"q": "nobody of this name"}))


def test_only_the_active_are_shown_until_others_are_asked_for(sign_in, ada, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = sign_in(ada)
    assert "Bob" not in names(browser.get("/admin/users"))
    assert names(browser.get("/admin/users", {"state": "inactive"})) == ["Bob"]
    assert {"Bob", "Ada"} <= set(names(browser.get("/admin/users", {"state": "all"})))


def test_filters_of_department_and_role_combine(sign_in, ada, departments):
    browser = sign_in(ada)
    filters = {"department": departments.export.pk, "role": role("rep").pk}
    assert names(browser.get("/admin/users", filters)) == ["Dan"]


@pytest.mark.parametrize(
    "filters", [{"department": "x"}, {"role": "999999"}, {"state": "odd"}, {"q": "a\0b"}]
)
def test_a_filter_that_makes_no_sense_is_answered_with_400_and_a_sentence(sign_in, ada, filters):
    answer = sign_in(ada).get("/admin/users", filters)
    assert answer.status_code == 400
    assert "This filter was left out" in body(answer)


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
    assert "39 users" in body(answer)
    assert len(names(browser.get("/admin/users", {"page": 2}))) == 14
    assert browser.get("/admin/users", {"page": "many"}).status_code == 200


def test_who_does_not_see_all_departments_sees_the_members_of_the_own_ones_only(sign_in, ann, dan, grant):
    browser = sign_in(grant(ann, *MANAGING))
    found = names(browser.get("/admin/users"))
    assert "Bob" in found
    assert "Dan" not in found
    assert "Export" not in body(browser.get("/admin/users"))
    missing = browser.get("/admin/users/999999999")
    for path in ("", "/edit"):
        answer = browser.get(f"/admin/users/{dan.pk}{path}")
        assert answer.status_code == 404
        assert len(answer.content) == len(missing.content)


# New


def test_a_new_user_is_invited_by_mail_and_the_link_is_shown(sign_in, ada, departments, mailoutbox):
    browser = sign_in(ada)
    answer = browser.post("/admin/users/new", form_of(departments, email=" Eva@Example.COM "))
    eva = User.objects.with_rights().get(email="eva@example.com")
    assert answer["Location"] == f"/admin/users/{eva.pk}"
    assert (eva.name, eva.is_invited, eva.is_active) == ("Eva Nová", True, True)
    assert eva.department_ids == [departments.sales.pk]
    page = body(browser.get(answer["Location"]))
    assert "An invitation is on its way to eva@example.com" in page
    assert "http://127.0.0.1:8000/password/set/" in page
    mail_link(eva.pk, ada.pk)
    (letter,) = mailoutbox
    assert letter.subject == "Your account in Leadwell"
    assert "Ada has made an account for you" in letter.body


def test_the_invitation_lets_the_new_user_choose_a_password_and_sign_in(sign_in, ada, departments):
    browser = sign_in(ada)
    where = browser.post("/admin/users/new", form_of(departments))["Location"]
    link = re.search(r'value="http://127\.0\.0\.1:8000([^"]+)"', body(browser.get(where)))[1]
    eva = Client()
    form = eva.get(link)["Location"]
    eva.post(form, {"new_password1": "a brand new password 7", "new_password2": "a brand new password 7"})
    answer = eva.post("/login", {"email": "eva@example.com", "password": "a brand new password 7"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_the_link_is_shown_to_nobody_else(sign_in, ada, conrad, departments, grant):
    where = sign_in(ada).post("/admin/users/new", form_of(departments))["Location"]
    other = Client()
    other.force_login(
        make_user("second", "administrator", [departments.sales]), backend="accounts.sign_in.EmailBackend"
    )
    assert "password/set" not in body(other.get(where))


def test_departments_keep_their_order_with_the_first_one_first(sign_in, ada, departments):
    sign_in(ada).post(
        "/admin/users/new",
        form_of(
            departments, department=departments.export.pk, also=[departments.sales.pk, departments.export.pk]
        ),
    )
    eva = User.objects.with_rights().get(email="eva@example.com")
    assert eva.department_ids == [departments.export.pk, departments.sales.pk]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("email", "eva"),
        ("email", ""),
        ("email", "BOB@example.com"),
        ("department", ""),
        ("department", "999999"),
        ("department", "x"),
        ("also", ["999999"]),
        ("roles", []),
        ("roles", ["999999"]),
        ("roles", ["x"]),
    ],
)
def test_a_new_user_that_makes_no_sense_gets_422_and_nothing_is_written(
    sign_in, ada, bob, departments, field, value
):
    before = User.objects.count()
    answer = sign_in(ada).post("/admin/users/new", form_of(departments, **{field: value}))
    assert answer.status_code == 422
    assert 'class="error"' in body(answer)
    if field != "name":
        assert 'value="Eva Nová"' in body(answer)
    assert User.objects.count() == before
    assert not ProcrastinateJob.objects.exists()


def test_a_retired_department_or_role_cannot_be_given(sign_in, ada, departments):
    Department.objects.filter(pk=departments.export.pk).update(retired=True)
    Role.objects.filter(key="operator").update(retired=True)
    browser = sign_in(ada)
    for values in ({"department": departments.export.pk}, {"roles": [role("operator").pk]}):
        assert browser.post("/admin/users/new", form_of(departments, **values)).status_code == 422


# Nobody grants more than they hold


def offered(answer) -> set[str]:
    return {str(choice) for choice in answer.context["form"].fields["roles"].queryset}


def test_an_editor_gives_only_roles_that_they_hold_themselves(sign_in, ann, departments, grant):
    browser = sign_in(grant(ann, *MANAGING))
    plain = {"Sales Rep", "Operator", "Sales Manager"}
    assert {name for name in offered(browser.get("/admin/users/new")) if "also" not in name} == plain
    for key in ("super", "company", "administrator"):
        answer = browser.post("/admin/users/new", form_of(departments, roles=[role(key).pk]))
        assert answer.status_code == 422, key
    assert browser.post("/admin/users/new", form_of(departments)).status_code == 302


def test_an_editor_puts_people_only_into_departments_that_they_see(sign_in, ann, departments, grant):
    browser = sign_in(grant(ann, *MANAGING))
    for values in ({"department": departments.export.pk}, {"also": [departments.export.pk]}):
        assert browser.post("/admin/users/new", form_of(departments, **values)).status_code == 422
    assert not User.objects.filter(email="eva@example.com").exists()


def test_an_editor_changes_nobody_who_holds_more(sign_in, ann, ada, bob, conrad, grant):
    editor = grant(ann, *MANAGING, "accounts.delete_user")
    browser = sign_in(editor)
    for person in (ada, conrad):
        assert "holds or sees more than you do" in body(browser.get(f"/admin/users/{person.pk}"))
        assert f"/admin/users/{person.pk}/edit" not in body(browser.get(f"/admin/users/{person.pk}"))
        assert browser.get(f"/admin/users/{person.pk}/edit").status_code == 403
        assert browser.post(f"/admin/users/{person.pk}/edit", {"name": "Owned"}).status_code == 403
        for act in ("link", "deactivate", "reactivate"):
            assert browser.post(f"/admin/users/{person.pk}/{act}").status_code == 403, act
        person.refresh_from_db()
        assert (person.name, person.is_active, person.link_sent_at) == (person.name.title(), True, None)
    assert browser.get(f"/admin/users/{bob.pk}/edit").status_code == 200


def test_an_editor_changes_nobody_who_sees_a_department_that_they_do_not(
    sign_in, ann, bob, departments, grant
):
    Membership.objects.create(user=bob, department=departments.export, position=1)
    browser = sign_in(grant(ann, *MANAGING, "accounts.delete_user"))
    assert browser.get(f"/admin/users/{bob.pk}").status_code == 200
    for act in ("edit", "link", "deactivate"):
        assert browser.post(f"/admin/users/{bob.pk}/{act}").status_code == 403


def test_a_colleague_of_the_same_rank_may_be_changed(sign_in, ann, departments, grant):
    other = make_user("mihai", "manager", [departments.sales])
    assert sign_in(grant(ann, *MANAGING)).get(f"/admin/users/{other.pk}/edit").status_code == 200


# Editing


def edited(user, departments, **values):
    return {
        "name": user.name,
        "email": user.email,
        "department": departments.sales.pk,
        "roles": [group.pk for group in user.groups.all()],
        **values,
    }


def test_editing_changes_name_email_departments_and_roles(sign_in, ada, bob, departments):
    values = edited(
        bob,
        departments,
        name="Robert Moreau",
        email="Robert@example.com",
        department=departments.export.pk,
        also=[departments.sales.pk],
        roles=[role("operator").pk],
    )
    browser = sign_in(ada)
    assert browser.post(f"/admin/users/{bob.pk}/edit", values)["Location"] == f"/admin/users/{bob.pk}"
    changed = User.objects.with_rights().get(pk=bob.pk)
    assert (changed.name, changed.email) == ("Robert Moreau", "robert@example.com")
    assert changed.department_ids == [departments.export.pk, departments.sales.pk]
    assert [group.role.key for group in changed.groups.all()] == ["operator"]


def test_a_new_role_holds_from_the_next_click_on(sign_in, ada, bob, departments):
    bobs = Client()
    bobs.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert bobs.get("/admin/users").status_code == 403
    sign_in(ada).post(
        f"/admin/users/{bob.pk}/edit", edited(bob, departments, roles=[role("administrator").pk])
    )
    assert bobs.get("/admin/users").status_code == 200


def test_a_wrong_edit_gets_422_keeps_what_was_typed_and_writes_nothing(sign_in, ada, bob, ann, departments):
    values = edited(bob, departments, name="Robert", email="ann@example.com")
    answer = sign_in(ada).post(f"/admin/users/{bob.pk}/edit", values)
    assert answer.status_code == 422
    assert 'value="Robert"' in body(answer)
    assert "Edit Bob" in body(answer)
    bob.refresh_from_db()
    assert (bob.name, bob.email) == ("Bob", "bob@example.com")


def test_a_role_that_was_retired_meanwhile_can_be_kept(sign_in, ada, bob, departments):
    Role.objects.filter(key="rep").update(retired=True)
    answer = sign_in(ada).post(f"/admin/users/{bob.pk}/edit", edited(bob, departments))
    assert answer.status_code == 302
    assert [group.role.key for group in bob.groups.all()] == ["rep"]


def test_leads_of_a_department_that_the_user_has_left_are_named(sign_in, ada, bob, make_lead, departments):
    make_lead(owner=bob)
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/edit", edited(bob, departments, department=departments.export.pk))
    assert "still owns 1 lead of a department" in body(browser.get(f"/admin/users/{bob.pk}"))


def test_changing_the_email_kills_links_that_are_under_way(sign_in, ada, bob, departments):
    link = link_for(bob).removeprefix("http://127.0.0.1:8000")
    sign_in(ada).post(f"/admin/users/{bob.pk}/edit", edited(bob, departments, email="robert@example.com"))
    assert Client().get(link).status_code == 410


# The link


def test_a_link_for_a_new_password_goes_out_and_is_shown_for_an_hour(sign_in, ada, bob, mailoutbox):
    browser = sign_in(ada)
    assert "password/set" not in body(browser.get(f"/admin/users/{bob.pk}"))
    assert browser.post(f"/admin/users/{bob.pk}/link")["Location"] == f"/admin/users/{bob.pk}"
    assert "password/set" in body(browser.get(f"/admin/users/{bob.pk}"))
    mail_link(bob.pk, ada.pk)
    assert "Ada has sent you this link" in mailoutbox[0].body
    with mock.patch.object(timezone, "now", return_value=timezone.now() + timedelta(minutes=61)):
        assert "password/set" not in body(browser.get(f"/admin/users/{bob.pk}"))


def test_an_inactive_user_gets_no_link(sign_in, ada, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = sign_in(ada)
    assert browser.post(f"/admin/users/{bob.pk}/link").status_code == 403
    assert "/link" not in body(browser.get(f"/admin/users/{bob.pk}"))


def test_what_changes_something_takes_a_post(sign_in, ada, bob):
    browser = sign_in(ada)
    for act in ("link", "reactivate", "inspect"):
        assert browser.get(f"/admin/users/{bob.pk}/{act}").status_code == 405


# The last administrator


def test_the_last_administrator_keeps_the_role(sign_in, ada, departments):
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 422
    assert "Ada is the last administrator" in body(answer)
    assert User.objects.administrators().count() == 1


def test_an_inactive_administrator_does_not_count(sign_in, ada, departments):
    second = make_user("second", "administrator", [departments.sales])
    User.objects.filter(pk=second.pk).update(is_active=False)
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 422


def test_with_a_second_one_an_administrator_may_step_down(sign_in, ada, departments):
    make_user("second", "administrator", [departments.sales])
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 302


def test_createsuperuser_makes_an_ordinary_administrator(db):
    with mock.patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": "a brand new password 7"}):
        call_command("createsuperuser", interactive=False, email="Root@example.com", name="Root", verbosity=0)
    root = User.objects.get(email="root@example.com")
    assert root.is_administrator
    assert not root.is_superuser


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_the_role_from_each_other_at_once_leave_one(departments):
    first = make_user("first", "administrator", [departments.sales])
    second = make_user("second", "administrator", [departments.sales])
    start, answers = threading.Barrier(2), []

    def strip(by, whom):
        browser = Client()
        browser.force_login(by, backend="accounts.sign_in.EmailBackend")
        values = edited(whom, departments, roles=[role("rep").pk])
        start.wait()
        answers.append(browser.post(f"/admin/users/{whom.pk}/edit", values).status_code)
        connection.close()

    threads = [threading.Thread(target=strip, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.administrators().count() == 1
    assert sorted(answers)[0] == 302
    assert sorted(answers)[1] in (403, 422)
