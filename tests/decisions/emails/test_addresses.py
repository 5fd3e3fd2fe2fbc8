"""Which addresses people may type for an email, and which are left out of an answer to all."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from crm.work.emails import email_addresses
from crm.work.emails.email_addresses import (
    LONGEST_ADDRESS,
    MOST_ADDRESSES,
    WrongAddress,
    find_wrong_address,
    get_own_addresses,
    get_typed_addresses,
    normalize_address,
    parse_addresses,
    remove_own_addresses,
)

MANY = [f"a{number}@x.example" for number in range(MOST_ADDRESSES + 1)]
LABELS = ".".join(["d" * 60] * 3)
LONGEST = f"{'a' * (LONGEST_ADDRESS - len(LABELS) - 9)}@{LABELS}.example"
QUOTED = '"a"@x.example'
# What was typed, and the addresses.
TYPED = {
    "one": ("a@x.example", ["a@x.example"]),
    "none": (" , ; ", []),
    "one with a name": ("Ana Albu <a@x.example>", ["a@x.example"]),
    "one with a name in quotes": ('"Albu, Ana" <a@x.example>', ["a@x.example"]),
    "two with commas": ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
    "two with semicolons and names": ("A <a@x.example>; B <b@x.example>", ["a@x.example", "b@x.example"]),
    "two in lines": ("a@x.example\nb@x.example", ["a@x.example", "b@x.example"]),
    "the same twice, the last way": ("a@x.example A@x.example", ["A@x.example"]),
    "a name that is known": ("sales a@x.example", ["sales@x.example", "a@x.example"]),
    "as many as allowed": (" ".join(MANY[:-1]), MANY[:-1]),
}


@pytest.mark.parametrize(("text", "addresses"), TYPED.values(), ids=TYPED)
def test_the_addresses_in_what_was_typed(text, addresses):
    assert parse_addresses(text, {"sales": "sales@x.example"}) == addresses


REFUSED = {
    "one more than allowed": (" ".join(MANY), "Enter at most 20 addresses."),
    "no address": ("Ana", "“Ana” isn’t an email address."),
    "a name that is known for others": ("sales", "“sales” isn’t an email address."),
    "an address in quotes": (QUOTED, f"Emails can’t be sent to “{QUOTED}”."),
    "a long text": ("a" * 101, f"“{'a' * 100}” isn’t an email address."),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_was_typed_is_refused_with_a_sentence(text, words):
    with pytest.raises(ValidationError) as refused:
        parse_addresses(text)
    assert refused.value.messages == [words]


WRONG = {
    "none": (["a@x.example", "b@x.example"], None),
    "the second one": (["a@x.example", "Ana", QUOTED], WrongAddress("Ana", is_address=False)),
    "one in quotes": ([QUOTED], WrongAddress(QUOTED, is_address=True)),
    "as long as allowed": ([LONGEST], None),
    "longer": ([f"a{LONGEST}"], WrongAddress(f"a{LONGEST}", is_address=True)),
}


@pytest.mark.parametrize(("addresses", "wrong"), WRONG.values(), ids=WRONG)
def test_the_first_address_that_no_email_can_be_sent_to(addresses, wrong):
    assert len(LONGEST) == LONGEST_ADDRESS
    assert find_wrong_address(addresses) == wrong


def test_texts_without_a_known_name_stay_as_they_are():
    assert get_typed_addresses("a b,a", {"b": "b@x.example"}) == ["a", "b@x.example"]


OWN = {
    "another": ("a@x.example", ["a@x.example"]),
    "our own": ("sales@x.example", []),
    "in capitals": ("Sales@X.example", []),
    "with a plus": ("sales+lead-12@x.example", []),
    "of another domain": ("sales@y.example", ["sales@y.example"]),
    "one that begins alike": ("sales2@x.example", ["sales2@x.example"]),
}


@pytest.mark.parametrize(("address", "left"), OWN.values(), ids=OWN)
def test_which_addresses_are_left_out_as_our_own(address, left):
    assert remove_own_addresses([address], ["sales+x@x.example"]) == left
    assert remove_own_addresses([address, "b@x.example", address], ["Sales@x.example"]) == [
        *left,
        "b@x.example",
    ]


def test_an_address_is_compared_without_spaces_capitals_and_what_follows_a_plus():
    assert normalize_address(" A+b+c@X.example ") == "a@x.example"
    assert normalize_address("no address") == "no address"


def test_the_addresses_of_a_user_and_of_the_company_are_our_own(monkeypatch):
    monkeypatch.setattr(email_addresses, "OWN_ADDRESSES", [lambda: ["a@x.example"], lambda: ["b@x.example"]])
    assert get_own_addresses(User(email="bob@x.example")) == {"bob@x.example", "a@x.example", "b@x.example"}
