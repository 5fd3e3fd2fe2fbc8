"""Open invitations are listed, sent again and revoked; a revocation can be undone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.authentication.password_links import build_password_link
from accounts.invitations.invite_users import Invitee, invite_users
from accounts.invitations.open_invitations import revoke_invitations
from accounts.models import Role, User
from crm.models import AuditEntry, Operation
from tests.conftest import make_user
from tests.reading import close_up

WHERE = "/admin/users/invitations"


@pytest.fixture
def invited(ada, departments):
    """Eva and Fred, invited by Ada."""
    role = Role.objects.get(key="rep")
    people = [
        Invitee(name, f"{name.lower()}@example.com", (role,), (departments.sales,))
        for name in ("Eva", "Fred")
    ]
    users = invite_users(people, by=ada)
    ProcrastinateJob.objects.all().delete()
    return users


def get_link(user) -> str:
    return build_password_link(User.objects.get(pk=user.pk)).removeprefix("http://127.0.0.1:8000")


def get_mailed() -> set[int]:
    return {job.args["user_id"] for job in ProcrastinateJob.objects.filter(task_name="mail_link")}


def test_the_list_shows_who_was_invited_by_whom_and_until_when(sign_in, ada, invited):
    eva, fred = invited
    User.objects.filter(pk=fred.pk).update(link_sent_at=timezone.now() - timedelta(days=8))
    page = sign_in(ada).get(WHERE)
    text = close_up(page.text)
    ends = timezone.localtime(User.objects.get(pk=eva.pk).invitation_ends_at)
    for part in ("eva@example.com", "Sales Rep", "by Ada", f"{ends:%-d %b %Y, %H:%M}", "2 invitations"):
        assert part in text
    assert text.count(">expired<") == 1
    # The newest one first, and those who were invited together by name.
    assert text.index("Eva") < text.index("Fred")


def test_someone_who_has_signed_in_or_was_never_invited_isnt_listed(sign_in, ada, bob, invited, departments):
    eva, fred = invited
    User.objects.filter(pk=eva.pk).update(last_login=timezone.now())
    fred.set_password("a brand new password 7")
    fred.save()
    User.objects.create_user("scim@example.com", "Provisioned")
    assert "No open invitations" in sign_in(ada).get(WHERE).text


def test_selected_invitations_are_sent_again_with_new_links(sign_in, ada, conrad, invited):
    User.objects.update(link_sent_at=timezone.now() - timedelta(days=8), invited_by=conrad)
    browser = sign_in(ada)
    browser.post(f"{WHERE}/resend", {"user": [user.pk for user in invited]})
    assert get_mailed() == {user.pk for user in invited}
    assert "New invitations are on their way to 2 people." in browser.get(WHERE).text
    eva = User.objects.get(pk=invited[0].pk)
    assert (eva.is_invitation_expired, eva.invited_by) == (False, ada)


def test_the_button_of_a_row_is_about_that_row_only(sign_in, ada, invited):
    eva, fred = invited
    sign_in(ada).post(f"{WHERE}/resend", {"user": [eva.pk, fred.pk], "one": fred.pk})
    assert get_mailed() == {fred.pk}


def test_a_revoked_link_stops_working_at_once_and_the_user_is_deactivated(sign_in, ada, invited):
    eva, fred = invited
    link = get_link(eva)
    assert Client().get(link).status_code == 302
    browser = sign_in(ada)
    where = browser.post(f"{WHERE}/revoke", {"one": eva.pk})["Location"]
    assert Client().get(link).status_code == 410
    assert list(User.objects.invited().active()) == [fred]
    page = browser.get(where)
    assert "Revoked the invitation of Eva. The link no longer works." in close_up(page.text)
    assert "Eva" in browser.get(f"{WHERE}?state=revoked").text
    assert AuditEntry.objects.filter(kind="user_deactivated", record=eva.pk).exists()


def test_a_revocation_is_undone_with_new_links(sign_in, ada, invited):
    browser, ids = sign_in(ada), [user.pk for user in invited]
    link = get_link(invited[0])
    where = browser.post(f"{WHERE}/revoke", {"user": ids})["Location"]
    page = browser.get(where)
    assert "Revoked 2 invitations. Their links no longer work." in close_up(page.text)
    for pk in ids:
        assert f'type="hidden" name="user" value="{pk}"' in page.text
    browser.post(f"{WHERE}/restore", {"user": ids})
    assert get_mailed() == set(ids)
    assert User.objects.invited().active().count() == 2
    assert Client().get(link).status_code == 410
    assert Client().get(get_link(invited[0])).status_code == 302
    # The message is gone, and the roles and departments are those of before.
    assert "Revoked" not in close_up(browser.get(where).text).replace("Revoked invitations", "")
    assert User.objects.get(pk=ids[0]).role_ids == [Role.objects.get(key="rep").pk]


def test_someone_who_owns_records_isnt_revoked_but_deactivated_on_their_page(
    sign_in, ada, invited, make_lead
):
    eva, fred = invited
    make_lead(owner=eva)
    browser = sign_in(ada)
    where = browser.post(f"{WHERE}/revoke", {"user": [eva.pk, fred.pk]})["Location"]
    text = close_up(browser.get(where).text)
    assert "Eva already owns records, tasks or shared views." in text
    assert "Revoked the invitation of Fred." in text
    assert list(User.objects.invited().active()) == [eva]


def test_the_last_administrator_keeps_the_invitation(ada, departments):
    administrator = Role.objects.get(key="administrator")
    people = [
        Invitee(name, f"{name}@example.com", (administrator,), (departments.sales,))
        for name in ("Eva", "Fred")
    ]
    eva, fred = invite_users(people, by=ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    done = revoke_invitations(User.objects.invited().by_name(), by=ada)
    assert done.revoked == [eva]
    assert done.kept == ["Fred is the last administrator. Make another user an administrator first."]
    assert list(User.objects.invited().active()) == [fred]


def test_revoking_leaves_no_line_among_the_changes_of_records(sign_in, ada, invited):
    before = Operation.objects.count()
    sign_in(ada).post(f"{WHERE}/revoke", {"user": [user.pk for user in invited]})
    assert Operation.objects.count() == before


def test_only_invitations_can_be_revoked_here(sign_in, ada, bob, invited):
    browser = sign_in(ada)
    for action in ("revoke", "resend", "restore"):
        browser.post(f"{WHERE}/{action}", {"user": [bob.pk, ada.pk]})
        assert "Select at least one invitation that you may change." in browser.get(WHERE).text
    assert User.objects.get(pk=bob.pk).is_active
    assert get_mailed() == set()


@pytest.mark.parametrize("ids", [[], ["x"], ["999999"], ["9" * 40], ["²"], ["-1"], [""]])
def test_bad_input_gets_a_sentence_and_changes_nothing(sign_in, ada, invited, ids):
    browser = sign_in(ada)
    for action in ("revoke", "resend", "restore"):
        assert browser.post(f"{WHERE}/{action}", {"user": ids}).status_code == 302
        assert "Select at least one invitation that you may change." in browser.get(WHERE).text
    for query in ("?revoked=x,²,-1", "?state=x&page=x", f"?revoked={'9' * 40}"):
        assert browser.get(WHERE + query).status_code == 200
    assert User.objects.invited().active().count() == 2


def test_each_action_needs_its_permission(sign_in, grant, ann, bob, invited):
    eva = invited[0]
    assert sign_in(bob).get(WHERE).status_code == 403
    browser = sign_in(grant(ann, "accounts.add_user"))
    page = browser.get(WHERE)
    assert page.status_code == 200
    assert "formaction" not in page.text
    for action in ("revoke", "resend", "restore"):
        assert browser.post(f"{WHERE}/{action}", {"user": eva.pk}).status_code == 403


def test_a_manager_sees_and_changes_only_what_is_theirs(sign_in, grant, ann, ada, departments):
    rep, administrator = (Role.objects.get(key=key) for key in ("rep", "administrator"))
    people = [
        Invitee("Near", "near@example.com", (rep,), (departments.sales,)),
        Invitee("Far", "far@example.com", (rep,), (departments.export,)),
        Invitee("Strong", "strong@example.com", (administrator,), (departments.sales,)),
    ]
    near, far, strong = invite_users(people, by=ada)
    rights = ("accounts.add_user", "accounts.change_user", "accounts.delete_user", "accounts.view_user")
    browser = sign_in(grant(ann, *rights))
    page = close_up(browser.get(WHERE).text)
    assert ("near@" in page, "strong@" in page, "far@" in page) == (True, True, False)
    assert f'name="user" value="{strong.pk}"' not in page
    browser.post(f"{WHERE}/revoke", {"user": [near.pk, far.pk, strong.pk]})
    assert set(User.objects.invited().active()) == {far, strong}


def test_with_only_single_sign_on_nothing_is_sent_again(sign_in, ada, invited, monkeypatch):
    for module in ("invitations", "invitation_actions"):
        monkeypatch.setattr(f"accounts.invitations.views.{module}.is_single_sign_on_required", lambda: True)
    browser = sign_in(ada)
    assert "invitations/resend" not in browser.get(WHERE).text
    browser.post(f"{WHERE}/resend", {"user": invited[0].pk})
    assert get_mailed() == set()
    assert "an invitation would have no effect" in browser.get(WHERE).text


def test_the_list_has_pages_and_a_constant_number_of_queries(
    sign_in, ada, departments, django_assert_max_num_queries
):
    role, browser = Role.objects.get(key="rep"), sign_in(ada)
    invite_users([Invitee("One", "one@example.com", (role,), (departments.sales,))], by=ada)
    browser.get(WHERE)
    with django_assert_max_num_queries(40) as few:
        browser.get(WHERE)
    people = [Invitee(f"P{one}", f"p{one}@example.com", (role,), (departments.sales,)) for one in range(60)]
    invite_users(people, by=ada)
    with django_assert_max_num_queries(len(few)):
        page = browser.get(WHERE)
    assert "61 invitations" in close_up(page.text)
    assert "One<" in browser.get(f"{WHERE}?page=2").text


def test_the_page_of_an_invited_user_says_until_when(sign_in, ada, invited):
    text = close_up(sign_in(ada).get(f"/admin/users/{invited[0].pk}").text)
    assert "Invitation valid until" in text
    person = make_user("gus", "rep", [])
    assert "Invitation valid until" not in sign_in(ada).get(f"/admin/users/{person.pk}").text
