"""What a lead is compared by, and how many records are looked at for it."""

from customers.matching import COMPANY_NAME, NAME, Facts, keys_of, matches
from customers.models import Contact


def test_of_many_contacts_with_a_name_only_a_few_are_looked_at(make_contact, cast):
    made = {make_contact("Ana Pop", owner=cast.ann).pk for _each in range(3)}
    asked = [Facts(name="Ana Pop")]
    assert matches(asked, Contact, cast.ann) == [{pk: {NAME} for pk in made}]
    (few,) = matches(asked, Contact, cast.ann, most=2)
    assert (len(few), set(few) <= made) == (2, True)


def test_a_name_of_which_nothing_is_left_to_compare_is_no_name(db):
    keys = keys_of([Facts(name="\u0301", company="\u0301"), Facts(name="Ana Pop", company="Acme")])
    assert (keys[NAME], keys[COMPANY_NAME]) == ([set(), {"ana pop"}], [set(), {"acme"}])
