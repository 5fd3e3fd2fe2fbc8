"""The button to sign out is on every page of a signed-in user."""

import re

import pytest
from django.utils import timezone

from accounts.models import Role


@pytest.mark.parametrize(
    "path", ["/admin/today", "/admin/leads", "/profile", "/admin/users", "/profile/two-step"]
)
def test_every_page_of_a_signed_in_user_has_a_button_to_sign_out(sign_in, ada, path):
    page = sign_in(ada).get(path).text
    button = re.search(r'<form method="post" action="/logout">(.*?)</form>', page, re.DOTALL)
    assert button, path
    assert "csrfmiddlewaretoken" in button[1]
    assert "Sign out" in button[1]


def test_a_user_who_first_has_to_set_up_two_step_verification_can_sign_out_instead(sign_in, bob):
    Role.objects.filter(key="rep").update(second_factor_days=0, second_factor_from=timezone.now())
    assert 'action="/logout"' in sign_in(bob).get("/profile/two-step").text
