"""A lead of Bob with an email address, and his browser."""

import pytest


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.cz")


@pytest.fixture
def browser(sign_in, bob):
    return sign_in(bob)
