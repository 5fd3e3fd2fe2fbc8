"""Which of the records with an address get the emails from it."""

import pytest

from mailboxes.receiving.record_lookup import (
    CLIENT,
    CONTACT,
    MOST_RECORDS,
    OF_REQUEST,
    OPEN_LEAD,
    get_nearest_records,
)

LEAD, OLDER_LEAD, PERSON = ("lead", 7), ("lead", 3), ("contact", 5)

PLACES = {
    "no one": ([], []),
    "a lead": ([(OPEN_LEAD, LEAD), (CLIENT, LEAD)], [LEAD]),
    "a contact": ([(CONTACT, PERSON)], [PERSON]),
    "two leads": ([(OPEN_LEAD, OLDER_LEAD), (OPEN_LEAD, LEAD)], [LEAD, OLDER_LEAD]),
    "a lead and a contact": ([(CONTACT, PERSON), (OPEN_LEAD, OLDER_LEAD)], [OLDER_LEAD, PERSON]),
    "a contact and the lead that it came from": ([(CLIENT, LEAD), (CONTACT, PERSON)], [PERSON]),
    "a lead that has become a client": ([(CLIENT, LEAD)], [LEAD]),
    "an open lead and one that has become a client": (
        [(CLIENT, LEAD), (CLIENT, OLDER_LEAD), (OPEN_LEAD, OLDER_LEAD)],
        [OLDER_LEAD],
    ),
    "both addresses of a contact": ([(CONTACT, PERSON), (CONTACT, PERSON)], [PERSON]),
    "what a request is linked to": ([(OF_REQUEST, PERSON)], [PERSON]),
    "a request of someone who is a lead too": ([(OF_REQUEST, PERSON), (OPEN_LEAD, LEAD)], [LEAD]),
    "very many": (
        [(OPEN_LEAD, ("lead", pk)) for pk in range(1, 21)],
        [("lead", pk) for pk in range(20, 20 - MOST_RECORDS, -1)],
    ),
}


@pytest.mark.parametrize(("ranked", "places"), PLACES.values(), ids=PLACES)
def test_which_records_get_an_email(ranked, places):
    assert get_nearest_records(ranked) == places
