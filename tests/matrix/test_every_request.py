"""Every URL × method × role × thing responds as designed; a denial leaves no trace and reveals nothing."""

import pytest

from tests.examples import dealt
from tests.matrix.asking import fingerprint, undone
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.declared.forms import BOOK, PUBLIC
from tests.matrix.declared.intake import CALLS
from tests.matrix.declared.mailings import OPT_OUT
from tests.matrix.declared.mailings import PUBLIC as LINKS
from tests.matrix.judging import HTMX, complaints, leaks, meaning
from tests.matrix.oracle import ANYBODY, PEOPLE, THINGS, UNKNOWN
from tests.matrix.world import UNKNOWN_ID

pytestmark = [
    pytest.mark.hard,
    pytest.mark.matrix,
    pytest.mark.django_db,
    pytest.mark.usefixtures("files_of_the_world"),
]


@pytest.fixture(autouse=True, scope="module")
def the_world_stays_the_same(asker):
    """What a request commits over a connection of its own isn't undone."""
    before = fingerprint()
    yield
    assert fingerprint() == before


CLOSED = [row for row in DECLARED if ANYBODY not in row.rights]
WITH_A_THING = [row for row in DECLARED if row.of]
WITH_FOREIGN = [row for row in WITH_A_THING if "foreign" in THINGS[row.of]]
ONE_OF_EACH_PATH = list({row.path: row for row in WITH_A_THING}.values())


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.name)
def test_every_person_gets_exactly_what_the_design_says(asker, row):
    assert complaints(asker, row) == []


def test_htmx_requests_are_redirected_to_the_sign_in_page(asker):
    with asker.in_a_row():
        for row in CLOSED:
            address = asker.address(row, "anonymous", THINGS[row.of][0] if row.of else "")
            answer = asker.send(row.method, address, "anonymous", {}, **HTMX)
            assert (answer.status, answer.body, answer.wrote) == (200, b"", ()), row.name
            assert answer.headers["HX-Redirect"].startswith("/login?next="), row.name


@pytest.mark.parametrize(("person", "rows"), dealt(["rep", "manager", "deputy"], WITH_FOREIGN))
def test_fragments_do_not_distinguish_foreign_things_from_unknown_ones_either(asker, person, rows):
    with asker.in_a_row():
        for row in rows:
            foreign, unknown = (
                asker.send(row.method, asker.address(row, person, thing), person, {}, **HTMX)
                for thing in ("foreign", UNKNOWN)
            )
            assert meaning(row, foreign) in ("not found", "forbidden"), row.name
            assert foreign.bare == unknown.bare, row.name
            assert not foreign.wrote, row.name
            assert list(leaks(person, foreign)) == [], row.name


@pytest.mark.parametrize(("number", "rows"), dealt([0, 2**63], ONE_OF_EACH_PATH))
def test_impossible_ids_are_not_found(asker, number, rows):
    with asker.in_a_row():
        for row in rows:
            unknown = asker.ask(row, "administrator", UNKNOWN)
            address = asker.address(row, "administrator", UNKNOWN).replace(str(UNKNOWN_ID), str(number))
            answer = asker.send(row.method, address, "administrator", {})
            assert answer.status == 404, address
            assert answer.bare == unknown.bare, address


def test_no_form_is_accepted_without_its_token(asker):
    # Programs call without one, other sites send web forms, and email programs unsubscribe.
    outside = (CALLS, PUBLIC, BOOK, LINKS, OPT_OUT)
    for row in [row for row in DECLARED if row.method == "POST" and not row.path.startswith(outside)]:
        person = "administrator"
        address = asker.address(row, person, THINGS[row.of][0] if row.of else "")
        answer = asker.client(person, enforce_csrf_checks=True).post(address, {})
        assert answer.status_code == 403, row.name
        assert b"expired" in answer.content, row.name


def test_a_deactivated_user_is_signed_out(asker):
    for person in PEOPLE[1:]:
        user = asker.world.people[person]
        with undone():
            type(user).objects.filter(pk=user.pk).update(is_active=False)
            answer = asker.send("GET", "/admin/leads", person)
        assert (answer.status, answer.headers["Location"]) == (302, "/login?next=/admin/leads"), person
