"""The list as another user sees it: for administrators, read-only, and logged each time."""

import re
from datetime import timedelta

import pytest

from accounts.models import Inspection, User
from accounts.roles.permissions import get_permission_rows
from leads.models import Lead
from tests.conftest import make_user


@pytest.fixture
def leads(cast, make_lead, departments):
    make_lead("Ana Bobs", owner=cast.bob)
    make_lead("Ana Bens", owner=cast.ben)
    make_lead("Ana Free")
    make_lead("Ana Export", department=departments.export, owner=cast.dan)


def names(answer) -> set[str]:
    return {record.shown_name for record in answer.context["table"].data}


def test_an_administrator_sees_the_list_exactly_as_the_user_does(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    answer = browser.post(f"/admin/users/{bob.pk}/inspect")
    assert answer["Location"] == f"/admin/users/{bob.pk}/sees"
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    assert names(page) == {"Ana Bobs", "Ana Free"}
    assert "2 leads" in page.text
    theirs = sign_in(bob).get("/admin/leads", {"all": 1})
    assert names(theirs) == names(page)


def test_nothing_on_the_page_can_change_a_lead(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    page = browser.get(f"/admin/users/{bob.pk}/sees").text
    sheet = page[page.index('<main class="sheet"') : page.index("</main>")]
    # The one form opens other pages in the same way.
    sheet = re.sub(rf'<form method="post" action="/admin/users/{bob.pk}/view">', "", sheet)
    assert "formaction" not in sheet
    assert "data-inline" not in sheet
    assert "/inline/" not in sheet
    assert 'method="post"' not in sheet
    assert not re.search(r'type="checkbox"', sheet)


def test_the_page_says_what_the_user_may_do_not_only_see(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    answer = browser.get(f"/admin/users/{bob.pk}/sees")
    permitted = answer.context["permitted"]
    allowed, denied = (
        {str(label) for label in labels} for labels in (permitted.records.allowed, permitted.records.denied)
    )
    for name, label in [
        ("leads.view_lead", "view"),
        ("leads.change_lead", "change"),
        ("leads.delete_lead", "delete"),
    ]:
        assert label in (allowed if bob.has_perm(name) else denied)
    assert "take an unassigned lead" in allowed
    assert "assign, change department" in denied
    assert not allowed & denied
    assert "What Bob can do" in answer.text
    assert str(permitted.scope) == "own records and unassigned records in own departments"
    # No area is missing.
    assert len(permitted.others) + 1 == len(get_permission_rows())


def test_the_page_says_how_many_records_the_user_may_change(sign_in, ada, bob, leads, make_lead, cast):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    where = f"/admin/users/{bob.pk}/sees"
    answer = browser.get(where)
    theirs = Lead.objects.visible_to(bob)
    changeable = theirs.changeable_by(bob).count()
    assert answer.context["changeable"] == changeable
    make_lead("Ana Shared", owner=cast.ben, shared=True)
    answer = browser.get(where)
    assert (answer.context["count"], answer.context["changeable"]) == (3, changeable)
    assert f"Bob can change {changeable} of these 3 records, and only view the others." in " ".join(
        answer.text.split()
    )
    assert "can’t change any" in browser.get(where, {"q": "shared"}).text


def test_a_role_without_change_says_that_nothing_can_be_changed(sign_in, ada, someone_with, make_lead):
    viewer = someone_with("view_lead", "see_all")
    make_lead("Ana Any")
    browser = sign_in(ada)
    browser.post(f"/admin/users/{viewer.pk}/inspect")
    answer = browser.get(f"/admin/users/{viewer.pk}/sees")
    assert (answer.context["count"], answer.context["changeable"]) == (1, 0)
    assert [str(label) for label in answer.context["permitted"].records.allowed] == ["view"]


def test_search_and_pages_show_only_what_the_user_sees(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    where = f"/admin/users/{bob.pk}/sees"
    assert names(browser.get(where, {"q": "bobs"})) == {"Ana Bobs"}
    assert "no leads" in browser.get(where, {"q": "export"}).text
    assert names(browser.get(where, {"owner": "me"})) == {"Ana Bobs"}
    assert browser.get(where, {"status": "x"}).status_code == 400
    fragment = browser.get(where, {"q": "bobs"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="records")
    assert "<html" not in fragment.text


def test_each_view_is_recorded_and_shown_on_the_users_page(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    assert "Who viewed Leadwell as this user" not in browser.get(f"/admin/users/{bob.pk}").text
    browser.post(f"/admin/users/{bob.pk}/inspect")
    browser.get(f"/admin/users/{bob.pk}/sees")
    browser.get(f"/admin/users/{bob.pk}/sees")
    (inspection,) = Inspection.objects.all()
    assert (inspection.by, inspection.user) == (ada, bob)
    assert "Who viewed Leadwell as this user" in browser.get(f"/admin/users/{bob.pk}").text


def test_the_list_requires_a_confirmation(sign_in, ada, bob, ben, departments):
    browser = sign_in(ada)
    where = f"/admin/users/{bob.pk}/sees"
    assert browser.get(where).status_code == 404
    browser.post(f"/admin/users/{ben.pk}/inspect")
    assert browser.get(where).status_code == 404
    Inspection.objects.create(by=make_user("second", "administrator", [departments.sales]), user=bob)
    assert browser.get(where).status_code == 404
    assert browser.get("/admin/users/999999999/sees").status_code == 404


def test_the_confirmation_expires_after_an_hour(sign_in, ada, bob, leads):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    for inspection in Inspection.objects.all():
        inspection.at -= timedelta(minutes=61)
        inspection.save()
    assert browser.get(f"/admin/users/{bob.pk}/sees").status_code == 404


def test_only_an_administrator_can_view_the_list(sign_in, conrad, bob, ada, grant):
    everything = grant(conrad, *ada.granted_permissions)
    browser = sign_in(everything)
    assert browser.post(f"/admin/users/{bob.pk}/inspect").status_code == 403
    assert browser.get(f"/admin/users/{bob.pk}/sees").status_code == 403
    assert "/inspect" not in browser.get(f"/admin/users/{bob.pk}").text
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_other_users_cannot_open_the_page(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    for person in (cast.ben, cast.dan):
        assert browser.get(f"/admin/users/{person.pk}/sees").status_code == 403
        assert browser.post(f"/admin/users/{person.pk}/inspect").status_code == 403


def test_the_list_of_an_inactive_user_cannot_be_opened(sign_in, ada, bob):
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/inspect")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert browser.get(f"/admin/users/{bob.pk}/sees").status_code == 404
    assert browser.post(f"/admin/users/{bob.pk}/inspect").status_code == 403
    assert Inspection.objects.count() == 1


def test_the_list_of_a_user_without_leads_permission_is_empty(sign_in, ada, departments, leads):
    nobody = make_user("nobody", None, [departments.sales])
    browser = sign_in(ada)
    browser.post(f"/admin/users/{nobody.pk}/inspect")
    assert "no leads" in browser.get(f"/admin/users/{nobody.pk}/sees").text
