"""Account changes are recorded, shown on the user's page, and the user is notified; links go only to their owner."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.authentication.password_links import build_password_link
from accounts.jobs import mail_account_change
from accounts.models import AccountChange, Role, User
from accounts.users.account_changes import describe_account_change
from crm.models import Notification, Token
from crm.platform.web.notifications import get_notification_sentence
from tests.conftest import PASSWORD, make_user

NEW = "a brand new password 7"
TOKENS = "/admin/api/api_management"


def edit(browser, user, **values):
    """The user's form as rendered, with some values changed."""
    first, *others = user.department_ids
    data = {
        "name": user.name,
        "email": user.email,
        "department": first,
        "also": others,
        "roles": [group.pk for group in user.groups.all()],
    }
    answer = browser.post(f"/admin/users/{user.pk}/edit", data | values)
    assert answer.status_code == 302, answer.context["form"].errors


def set_password_by_link(user):
    browser = Client()
    form = browser.get(build_password_link(user).removeprefix("http://127.0.0.1:8000"))["Location"]
    assert browser.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302


def change_own_password(browser):
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert browser.post("/password/change", data).status_code == 302


def told(user) -> list[str]:
    return [get_notification_sentence(notice) for notice in Notification.objects.of_user(user).order_by("pk")]


def mails_waiting() -> list[int]:
    """The changes with an email waiting to be sent."""
    jobs = ProcrastinateJob.objects.filter(task_name="mail_account_change")
    return [job.args["change_id"] for job in jobs.order_by("pk")]


def the_change() -> AccountChange:
    return AccountChange.objects.get()


CHANGES = {
    "email": ({"email": "rob@example.com"}, "Email changed from bob@example.com to rob@example.com"),
    "roles": ({"roles": ["operator"]}, "Roles changed from Sales Rep to Operator"),
    "departments": ({"department": "Export"}, "Departments changed from Sales to Export"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_an_edit_by_a_colleague_is_recorded_shown_and_notified(
    kind, sign_in, ada, bob, departments, mailoutbox
):
    values, words = CHANGES[kind]
    values = {
        "email": values.get("email", bob.email),
        "department": departments.export.pk if "department" in values else departments.sales.pk,
        "roles": [Role.objects.get(key=key).pk for key in values.get("roles", ["rep"])],
    }
    browser = sign_in(ada)
    edit(browser, bob, **values)
    change = the_change()
    assert (change.kind, change.user, change.by, describe_account_change(change)) == (kind, bob, ada, words)
    assert words in browser.get(f"/admin/users/{bob.pk}").text
    assert told(bob) == [f"{words} by Ada."]
    assert told(ada) == []
    assert mails_waiting() == [change.pk]
    mail_account_change(change.pk)
    assert f"{words} by Ada." in mailoutbox[0].body


def test_several_changes_in_one_edit_are_recorded_separately(sign_in, ada, bob, departments):
    operator = Role.objects.get(key="operator")
    edit(sign_in(ada), bob, email="rob@example.com", roles=[operator.pk], department=departments.export.pk)
    assert {change.kind for change in AccountChange.objects.all()} == {"email", "roles", "departments"}
    assert len(told(bob)) == len(mails_waiting()) == 3


def test_another_first_department_is_a_change_too(sign_in, ada, departments):
    both = make_user("eve", "rep", [departments.sales, departments.export])
    edit(sign_in(ada), both, department=departments.export.pk, also=[departments.sales.pk])
    assert (the_change().before, the_change().after) == (["Sales", "Export"], ["Export", "Sales"])


def test_an_edit_without_such_a_change_sends_no_notification(sign_in, ada, bob):
    edit(sign_in(ada), bob, name="Robert")
    assert not AccountChange.objects.exists()
    assert told(bob) == mails_waiting() == []


def test_a_change_of_email_is_emailed_to_both_addresses(sign_in, ada, bob, mailoutbox):
    edit(sign_in(ada), bob, email="rob@example.com")
    mail_account_change(the_change().pk)
    (letter,) = mailoutbox
    assert letter.to == ["bob@example.com", "rob@example.com"]
    assert letter.subject == "Your Leadwell account was changed"
    assert "Email changed from bob@example.com to rob@example.com by Ada." in letter.body
    assert "tell an administrator and change your password" in letter.body


def test_users_who_change_their_own_email_get_the_email_at_both_addresses_and_no_notification(sign_in, ada):
    edit(sign_in(ada), ada, email="ada.p@example.com")
    assert told(ada) == []
    assert mails_waiting() == [the_change().pk]


def test_users_who_change_their_own_departments_get_no_email(sign_in, ada, departments):
    edit(sign_in(ada), ada, department=departments.export.pk)
    assert the_change().kind == "departments"
    assert told(ada) == mails_waiting() == []


def test_a_user_gets_an_email_about_their_own_new_password(sign_in, ada, bob, mailoutbox):
    change_own_password(sign_in(bob))
    change = the_change()
    assert (change.kind, change.user, change.by, change.before, change.after) == (
        "password",
        bob,
        bob,
        [],
        [],
    )
    assert mails_waiting() == [change.pk]
    mail_account_change(change.pk)
    assert mailoutbox[0].to == ["bob@example.com"]
    assert "Password changed by Bob." in mailoutbox[0].body
    assert "Password changed" in sign_in(ada).get(f"/admin/users/{bob.pk}").text


def test_a_password_set_by_a_link_is_emailed_but_the_first_one_of_an_invitation_is_not(bob, departments):
    set_password_by_link(bob)
    assert mails_waiting() == [the_change().pk]
    invited = make_user("eva", "rep", [departments.sales])
    invited.set_unusable_password()
    invited.save()
    set_password_by_link(User.objects.get(pk=invited.pk))
    assert AccountChange.objects.filter(user=invited, kind="password").exists()
    assert len(mails_waiting()) == 1


def test_a_token_that_a_colleague_creates_renews_or_revokes_sends_a_notification_each_time(
    sign_in, ada, bob, mailoutbox
):
    browser = sign_in(ada)
    browser.post(f"{TOKENS}/new", {"name": "Website", "user": bob.pk, "rights": ["leads.get"]})
    token = Token.objects.get()
    browser.post(f"{TOKENS}/{token.pk}/rotate")
    browser.post(f"{TOKENS}/{token.pk}/revoke")
    browser.post(f"{TOKENS}/{token.pk}/revoke")
    words = [
        "API token “Website” created",
        "New secret for the API token “Website”",
        "API token “Website” revoked",
    ]
    assert told(bob) == [f"{each} by Ada." for each in words]
    page = browser.get(f"/admin/users/{bob.pk}").text
    assert all(each in page for each in words)
    assert len(mails_waiting()) == 3
    mail_account_change(mails_waiting()[0])
    assert mailoutbox[0].to == ["bob@example.com"]
    assert "lw_" not in mailoutbox[0].body


def test_a_users_own_token_is_emailed_because_it_gives_access_to_the_account(sign_in, ada):
    sign_in(ada).post(f"{TOKENS}/new", {"name": "Website", "user": ada.pk, "rights": ["leads.get"]})
    assert told(ada) == []
    assert mails_waiting() == [the_change().pk]


def test_the_email_is_in_the_readers_language(sign_in, ada, bob, mailoutbox):
    User.objects.filter(pk=bob.pk).update(language="ro")
    edit(sign_in(ada), bob, email="rob@example.com")
    mail_account_change(the_change().pk)
    assert "Email changed" not in mailoutbox[0].body


def test_a_user_deactivated_before_the_email_is_sent_gets_none(sign_in, ada, bob, mailoutbox):
    edit(sign_in(ada), bob, email="rob@example.com")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    mail_account_change(the_change().pk)
    assert mailoutbox == []


def test_a_name_with_a_percent_sign_is_shown_unchanged(sign_in, ada, bob):
    sign_in(ada).post(f"{TOKENS}/new", {"name": "100% %(by)s", "user": bob.pk, "rights": ["leads.get"]})
    assert told(bob) == ["API token “100% %(by)s” created by Ada."]


def test_the_changes_are_shown_only_to_users_who_can_edit_the_user(sign_in, ada, ann, bob, grant):
    edit(sign_in(ada), bob, email="rob@example.com")
    viewer = grant(ann, "accounts.view_user")
    page = sign_in(viewer).get(f"/admin/users/{bob.pk}").text
    assert "Account changes" not in page
    assert "bob@example.com" not in page


def test_a_rejected_edit_is_neither_recorded_nor_notified(sign_in, ada, ann, bob):
    data = {"name": "Bob", "email": ann.email, "roles": [], "department": ""}
    assert sign_in(ada).post(f"/admin/users/{bob.pk}/edit", data).status_code == 422
    assert not AccountChange.objects.exists()
    assert told(bob) == mails_waiting() == []


def test_no_page_and_no_message_shows_a_colleagues_link(sign_in, ada, bob):
    browser = sign_in(ada)
    answer = browser.post(f"/admin/users/{bob.pk}/link", follow=True)
    for text in (answer.text, browser.get("/admin/users").text, browser.get(f"/admin/users/{bob.pk}").text):
        assert "password/set" not in text
