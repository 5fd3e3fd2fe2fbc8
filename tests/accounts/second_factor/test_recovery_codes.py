"""Recovery codes: each signs in once, they are stored like passwords, and the user is notified when one is used."""

from math import log2

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.jobs import mail_account_change
from accounts.models import AccountChange, RecoveryCode
from accounts.second_factor.codes import LETTERS, generate_secret, make_recovery_codes
from tests.accounts.second_factor.stepping import give_app, give_code, give_password, signed_in_as
from tests.crossing import crossed


@pytest.fixture
def codes(bob) -> list[str]:
    give_app(bob)
    return make_recovery_codes(bob)


def test_they_are_stored_as_hashes_each_with_its_own_salt(codes):
    stored = list(RecoveryCode.objects.values_list("hash", flat=True))
    assert len(set(stored)) == 10
    assert not any(code.replace("-", "") in one or code in one for code in codes for one in stored)


def test_a_code_signs_in_once(client, bob, codes):
    give_password(client, bob)
    assert give_code(client, codes[3].upper().replace("-", " ")).status_code == 302
    assert signed_in_as(client) == str(bob.pk)
    again = Client()
    give_password(again, bob)
    assert give_code(again, codes[3]).status_code == 422
    assert signed_in_as(again) is None
    assert give_code(again, codes[4]).status_code == 302
    assert "8 unused codes left" in client.get("/profile/two-step").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_the_same_code_at_once_one_is_accepted(bob, codes):
    browsers, answers = [Client(), Client()], []
    for browser in browsers:
        give_password(browser, bob)
    second = crossed(
        lambda: answers.append(give_code(browsers[0], codes[0])), lambda: give_code(browsers[1], codes[0])
    )
    assert sorted([answers[0].status_code, second.status_code]) == [302, 422]
    assert RecoveryCode.objects.unused().count() == 9


def test_the_code_of_another_user_is_wrong(client, bob, ann, codes):
    give_app(ann)
    give_password(client, ann)
    assert give_code(client, codes[0]).status_code == 422


def test_using_one_is_recorded_and_mailed(client, bob, codes, mailoutbox):
    give_password(client, bob)
    give_code(client, codes[0])
    change = AccountChange.objects.get()
    assert (change.kind, change.user_id, change.by_id) == ("code_used", bob.pk, bob.pk)
    job = ProcrastinateJob.objects.get(task_name="mail_account_change")
    mail_account_change(job.args["change_id"])
    assert "Recovery code used to sign in by Bob" in mailoutbox[0].body


def test_new_codes_replace_the_earlier_ones(sign_in, bob, codes):
    browser = sign_in(bob)
    new = browser.post("/profile/two-step/codes").context["codes"]
    assert not set(new) & set(codes)
    other = Client()
    give_password(other, bob)
    assert give_code(other, codes[0]).status_code == 422
    assert give_code(other, new[0]).status_code == 302


def test_codes_can_be_downloaded_without_javascript(sign_in, bob, codes):
    page = sign_in(bob).post("/profile/two-step/codes")
    assert f'href="data:text/plain;charset=utf-8,{page.context["codes"][0]}%0A' in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_without_two_step_verification_there_are_none(sign_in, bob):
    assert sign_in(bob).post("/profile/two-step/codes")["Location"] == "/profile/two-step"
    assert not RecoveryCode.objects.exists()


def test_a_recovery_code_works_after_the_secret_key_was_lost(client, bob, codes, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 10, []
    give_password(client, bob)
    assert give_code(client, codes[0]).status_code == 302


def test_recovery_codes_and_keys_of_apps_come_from_the_secure_random_source_of_the_system(bob, monkeypatch):
    """With a source that always says the same, each letter is the same; so there is no other source."""
    monkeypatch.setattr("random.SystemRandom.getrandbits", lambda _source, bits: 0)
    monkeypatch.setattr("random.SystemRandom._randbelow", lambda _source, below: 0, raising=False)
    monkeypatch.setattr("secrets._sysrand._randbelow", lambda below: 0, raising=False)
    assert set("".join(make_recovery_codes(bob)).replace("-", "")) == {LETTERS[0]}
    assert len(set(generate_secret())) == 1


def test_a_recovery_code_has_at_least_20_bits(bob):
    codes = [code.replace("-", "") for _set in range(20) for code in make_recovery_codes(bob)]
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {10}
    assert 10 * log2(len(set("".join(codes)))) >= 20
    # Every letter appears at every place, so no place says anything about another one.
    assert all(len({code[place] for code in codes}) > 20 for place in range(10))
