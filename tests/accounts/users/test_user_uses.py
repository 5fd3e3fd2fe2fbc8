"""Who uses a user who leaves: named before with links, on their page afterwards, and to administrators if a program did it."""

from django.test import Client
from django.utils.html import escape

from accounts.models import ClaimRule, Role, User
from crm.models import Notification, Token
from crm.platform.web.notifications import get_notification_sentence
from tests.accounts.scim.conftest import Provider, scim_secret
from tests.accounts.single_sign_on.providing import claims_of, refused, set_up, sign_in_with
from tests.leads.assignment.assigning import make_rule
from tests.reading import close_up


def token_of(user) -> Token:
    return Token.objects.create(user=user, name="Web shop", hash="x", rights=[])


def told(user) -> list[str]:
    return [
        get_notification_sentence(row)
        for row in Notification.objects.filter(user=user, kind="deactivated_elsewhere")
    ]


def test_the_page_names_what_uses_the_user_with_links(sign_in, ada, bob):
    rule, token = make_rule("Big ones", user=bob), token_of(bob)
    page = close_up(sign_in(ada).get(f"/admin/users/{bob.pk}/deactivate").text)
    assert "1 API token works on behalf of this user. It’s revoked permanently:" in page
    assert f'href="/admin/api/api_management/{token.pk}">Web shop</a>' in page
    assert (
        "1 assignment rule assigns leads only to this user. It’s skipped until another user is chosen:"
        in page
    )
    assert f'href="/admin/rules/{rule.pk}">Big ones</a>' in page


def test_a_user_without_the_permission_sees_how_many_but_no_names(sign_in, someone_with, bob):
    token_of(bob)
    eve = someone_with("see_all", "view_user", "delete_user", "assign_lead")
    bob.groups.clear()
    page = sign_in(eve).get(f"/admin/users/{bob.pk}/deactivate").text
    assert "1 API token works on behalf of this user. It’s revoked permanently." in page
    assert "Web shop" not in page


def test_the_page_of_a_deactivated_user_names_what_still_uses_them(sign_in, press, ada, dan):
    make_rule("Big ones", user=dan)
    token_of(dan)
    address = f"/admin/users/{dan.pk}"
    assert "Still used by settings and schedules" not in sign_in(ada).get(address).text
    press(whom=dan)
    page = sign_in(ada).get(address).text
    assert "Still used by settings and schedules" in page
    assert ">Big ones</a>" in page
    assert "Web shop" not in page
    assert told(ada) == []


def test_administrators_are_notified_in_their_language_if_scim_deactivates_a_user(ada, bob, departments):
    make_rule("Big ones", user=bob)
    token_of(bob)
    User.objects.filter(pk=ada.pk).update(language="ro")
    Provider(scim_secret(ada)).call("DELETE", f"/Users/{bob.pk}", expect=204)
    (words,) = told(ada)
    assert words.startswith("“Entra” deactivated Bob. 1 token API lucrează în numele acestui utilizator.")
    assert "Este revocat definitiv: Web shop." in words
    assert "1 regulă de alocare alocă leaduri doar acestui utilizator." in words
    assert words.endswith(": Big ones.")
    notice = Notification.objects.get(kind="deactivated_elsewhere")
    assert notice.path == f"/admin/users/{bob.pk}"
    assert told(bob) == []


def test_no_one_is_notified_of_a_user_whom_nothing_uses(ada, bob, departments):
    Provider(scim_secret(ada)).call("DELETE", f"/Users/{bob.pk}", expect=204)
    assert told(ada) == []


def test_administrators_are_notified_if_single_sign_on_deactivates_a_user(server, ada, bob, departments):
    make_rule("100% <ours>", user=bob)
    acme = set_up(server)
    ClaimRule.objects.create(provider=acme, position=1, value="sellers", role=Role.objects.get(key="rep"))
    sign_in_with(Client(), server, acme, **claims_of(bob, "sellers"))
    other = Client()
    refused(other, sign_in_with(other, server, acme, **claims_of(bob, "others")))
    (words,) = told(ada)
    assert words.startswith("“Acme” deactivated Bob. 1 assignment rule assigns leads only to this user.")
    assert words.endswith(": 100% <ours>.")
    browser = Client()
    browser.force_login(ada, backend="accounts.sign_in.EmailBackend")
    assert escape("100% <ours>") in browser.get("/notifications").text
