"""What a password may be: any characters, long ones, exactly as typed, but no word that others try first."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.authentication import password_links
from accounts.authentication.password_validation import OwnWordsValidator
from crm.platform.configuration.environment import ROOT
from tests.accounts.authentication.test_password_forgotten import path_of
from tests.accounts.second_factor.stepping import signed_in_as
from tests.conftest import PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        "all small letters",
        "ONLYCAPITALSHERE",
        "7302591846620375",
        "ăîșțâ ăîșțâ ăî",
        "🦊🐢🐝🌵🍋🦀🌾🐙🥝🎲",
        "§§%%&&//((?!??",
    ],
)
def test_any_characters_are_allowed_and_none_are_required(password):
    validate_password(password)


def test_digits_alone_have_to_be_longer():
    with pytest.raises(ValidationError, match="at least 16 digits"):
        validate_password("730259184662037")


@pytest.mark.parametrize(
    "password", ["1234567890123456", "9876543210987654", "1111111111111111", "1212121212121212"]
)
def test_digits_in_a_row_are_easy_to_guess_however_many_there_are(password):
    with pytest.raises(ValidationError, match="too easy to guess"):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "my leadwell password",
        "L3adw3ll-2031-x",
        "Acme Steel rules!",
        "acmesteel#77123",
        "xx-Oțelăria-xx",
        "crm of kontor 12",
    ],
)
def test_words_of_the_organization_and_the_site_are_rejected(password, settings):
    settings.SITE_URL = "https://crm.kontor.example"
    with pytest.raises(ValidationError, match="try such words first"):
        OwnWordsValidator(["Acme Steel", "Otelaria"]).validate(password)


def test_other_words_and_the_last_part_of_the_host_are_no_such_words(settings):
    settings.SITE_URL = "https://crm.kontor.example"
    OwnWordsValidator(["Acme Steel"]).validate("an example of steel")


def test_a_password_with_a_word_of_the_organization_is_rejected_on_the_page_with_that_word(
    sign_in, bob, settings
):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {
            "NAME": "accounts.authentication.password_validation.OwnWordsValidator",
            "OPTIONS": {"words": ["Acme"]},
        }
    ]
    new = {"new_password1": "acme is my company", "new_password2": "acme is my company"}
    answer = sign_in(bob).post("/password/change", {"old_password": PASSWORD, **new})
    assert answer.status_code == 422
    assert "without “Acme”" in answer.text
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def give(bob, password: str) -> None:
    bob.set_password(password)
    bob.save()


def signs_in(bob, password: str) -> bool:
    browser = Client()
    browser.post("/login", {"email": bob.email, "password": password})
    return signed_in_as(browser) is not None


def test_a_password_is_compared_exactly_as_it_was_typed(sign_in, bob):
    typed = "  Tall Trees & <Ferns>  "
    new = {"new_password1": typed, "new_password2": typed}
    assert sign_in(bob).post("/password/change", {"old_password": PASSWORD, **new}).status_code == 302
    assert signs_in(bob, typed)
    for other in (typed.strip(), typed.lower(), typed.upper(), typed[:-1], typed.replace("  ", " ")):
        assert not signs_in(bob, other), other


def test_a_password_of_200_characters_counts_to_its_last_one(sign_in, bob):
    long = ("forty trees and a river of seven bends, " * 5)[:200]
    new = {"new_password1": long, "new_password2": long}
    assert sign_in(bob).post("/password/change", {"old_password": PASSWORD, **new}).status_code == 302
    assert signs_in(bob, long)
    assert not signs_in(bob, long[:-1])
    assert not signs_in(bob, long[:72])


# The fields of each page on which a password is typed.
FIELDS = {
    "/login": {"password": "current-password"},
    "/password/change": {
        "old_password": "current-password",
        "new_password1": "new-password",
        "new_password2": "new-password",
    },
    "/confirm": {"password": "current-password"},
    "link": {"new_password1": "new-password", "new_password2": "new-password"},
}


@pytest.mark.parametrize("path", FIELDS)
def test_a_password_is_masked_and_can_be_pasted_and_filled_in_by_a_password_manager(
    sign_in, client, bob, path
):
    browser = client if path in ("/login", "link") else sign_in(bob)
    if path == "link":
        path, wanted = (
            browser.get(path_of(password_links.build_password_link(bob)))["Location"],
            FIELDS["link"],
        )
    else:
        wanted = FIELDS[path]
    # The demo's sign-in page also has buttons with the password of its accounts.
    inputs = [
        one for one in re.findall(r"<input [^>]*>", browser.get(path).text) if 'type="hidden"' not in one
    ]
    found = {
        re.search(r'name="(\w+)"', one)[1]: one for one in inputs if re.search(r'name="\w*password', one)
    }
    assert set(found) == set(wanted)
    for name, autocomplete in wanted.items():
        assert 'type="password"' in found[name]
        assert f'autocomplete="{autocomplete}"' in found[name]
        assert "readonly" not in found[name]
        assert "maxlength" not in found[name] or int(re.search(r'maxlength="(\d+)"', found[name])[1]) >= 128


def test_no_script_listens_to_pasting():
    scripts = list((ROOT / "static" / "js").rglob("*.js"))
    assert len(scripts) > 5
    assert [script.name for script in scripts if "paste" in script.read_text()] == []
