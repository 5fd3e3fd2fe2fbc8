"""Words of other departments appear nowhere: not in lists, searches, sorts, counts, options, operations, or neighbors.

The matrix looks for the same words in every response; these tests add the query parameters of each URL.
"""

import re

import pytest
from django.http import QueryDict

from accounts.models import User
from crm.models import FrozenSet
from crm.records.history.verb_execution import carry_out, operation
from leads import fields
from leads.filters import LeadFilter
from leads.models import Lead
from leads.verbs import Assign
from privacy.models import RetentionRule
from tests.examples import one_in
from tests.matrix.asking import undone
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.judging import WHOLE, leaks
from tests.matrix.oracle import ANYBODY, THINGS, expected
from tests.matrix.world import MARKER

pytestmark = [
    pytest.mark.hard,
    pytest.mark.matrix,
    pytest.mark.django_db,
    pytest.mark.usefixtures("files_of_the_world"),
]

LIST = "/admin/leads"
NARROW = ["rep", "operator", "deputy"]
# A part of the word, because the page repeats the search text.
PART = MARKER[:-2]
# The position in a list, signed again each time, and how long ago something was, which goes on meanwhile.
CURSOR = re.compile(rb"(after|before)=[^&\"]+|\d+ (second|minute)s?( ago)?|Just now")
# It shows a new secret key each time.
NEW_EACH_TIME = {"/profile/two-step/app"}


@pytest.fixture(params=NARROW)
def page(request, asker):
    """page(url) as each person who doesn't see everything; it must not show foreign words."""

    def read(address: str) -> str:
        answer = asker.send("GET", address, request.param)
        assert list(leaks(request.param, answer)) == [], address
        assert answer.status in (200, 302), address
        return answer.body.decode()

    read.user = asker.world.people[request.param]
    read.person = request.param
    return read


def numbers(page: str) -> set[int]:
    """The IDs of the leads that a list shows."""
    return {int(number) for number in re.findall(r"id=row-(\d+)[ >]", page)}


def visible(asker, page) -> set[int]:
    return set(Lead.objects.present().visible_to(page.user).values_list("pk", flat=True))


def test_users_who_see_all_departments_see_the_words(asker):
    things = asker.world.ids("operation", "foreign")
    for address in [
        f"{LIST}?all=1",
        f"{LIST}?q={PART}",
        "/admin/operations",
        f"/admin/operations/{things['pk']}",
    ]:
        assert MARKER in asker.send("GET", address, "super").body.decode(), address


def test_the_list_shows_exactly_the_visible_leads(asker, page):
    assert numbers(page(f"{LIST}?all=1")) == visible(asker, page)


def test_no_filter_shows_foreign_leads(asker, page):
    shown = LeadFilter(QueryDict(), Lead.objects.none(), user=page.user, asked=LeadFilter.base_filters)
    seen = visible(asker, page)
    for name, field in shown.form.fields.items():
        values = [value for value, _label in getattr(field, "choices", [("on", "")]) if value]
        # A number of a report is named by more than one word.
        values = ["part%3Dleads"] if name == "figure" else values
        values = [f"{RetentionRule.objects.get().pk}-now"] if name == "retention" else values
        for value in [value for value in values if value != "between"][:2]:
            for address in (f"{LIST}?{name}={value}", f"{LIST}?{name}={value}&{name}_not=on"):
                assert numbers(page(address)) <= seen, address


def test_foreign_values_cannot_be_used_in_a_filter(asker, page):
    world = asker.world
    for query in (f"owner={world.foreigner.pk}", f"department={world.export.pk}"):
        answer = asker.send("GET", f"{LIST}?{query}", page.person)
        assert answer.status == 400
        assert list(leaks(page.person, answer)) == []
        assert numbers(answer.body.decode()) <= visible(asker, page)


def test_no_sort_shows_foreign_leads(asker, page):
    for name in fields.LIST:
        for sort in (name, f"-{name}"):
            assert numbers(page(f"{LIST}?sort={sort}")) == visible(asker, page), sort


def test_no_search_finds_foreign_leads(asker, page):
    for words in (PART, MARKER[2:-1], f"{PART} text"):
        assert numbers(page(f"{LIST}?q={words}")) == set()
        assert numbers(page(f"/admin/jump?q={words}")) == set()
        assert " 0 " in f" {re.sub('<[^>]+>', ' ', page(f'{LIST}/count?q={words}'))} "
    foreign = asker.world.ids("lead", "foreign")["pk"]
    for words in (f"%23{foreign}", foreign, f"lead_{foreign}"):
        page(f"{LIST}?q={words}")
        page(f"/admin/jump?q={words}")


def test_duplicate_warnings_contain_only_visible_leads(asker, page):
    query = f"email={MARKER}@example.com&company={MARKER}+text&phone={MARKER}+text"
    answer = asker.send(
        "GET",
        f"/admin/duplicates/known/lead?{query}",
        page.person,
        HTTP_HX_REQUEST="true",
        HTTP_HX_TARGET="known",
    )
    assert answer.status == 200
    assert b"/admin/leads/" not in answer.body


def test_next_and_previous_lead_only_to_visible_leads(asker, page):
    seen = visible(asker, page)
    place = max(seen)
    walked = set()
    for side in ("next", "previous"):
        while True:
            answer = asker.send("GET", f"{LIST}/{place}/{side}?list=sort%3Did", page.person)
            following = int(re.search(r"/leads/(\d+)\?", answer.headers["Location"])[1])
            if following == place:
                break
            place = following
            walked.add(place)
    assert walked <= seen
    assert len(walked) >= len(seen) - 1


def test_selecting_all_matches_selects_only_visible_leads(asker, page):
    action = {"action": "vip"}
    for address, data, found in [
        (f"{LIST}/bulk?all=1", action | {"all": "1"}, visible(asker, page)),
        (f"{LIST}/bulk?q={PART}", action | {"all": "1"}, set()),
        (f"{LIST}/bulk", action | {"record": asker.world.ids("lead", "foreign")["pk"]}, set()),
    ]:
        with undone():
            FrozenSet.objects.all().delete()
            answer = asker.client(page.person).post(address, data)
            ids = set().union(*FrozenSet.objects.values_list("ids", flat=True))
        assert ids == (found if answer.status_code == 302 else set()), address
        assert answer.status_code == (302 if page.person != "rep" else 403)


@pytest.mark.parametrize("page", one_in(3, ["deputy", "rep", "operator"]), indirect=True)
def test_counts_and_options_stay_the_same_when_others_get_more(asker, page, stopped_clock):
    """Every page reads the same after the others have got another one of everything."""

    def everything() -> dict[str, bytes]:
        found = {}
        with asker.in_a_row():
            for row in [row for row in DECLARED if row.method == "GET" and ANYBODY not in row.rights]:
                things = THINGS[row.of] if row.of else [""]
                answered = [thing for thing in things if expected(row, page.person, thing) == "answer"]
                for thing in answered if WHOLE else answered[:1]:
                    answer = asker.ask(row, page.person, thing)
                    if answer.headers.get("Content-Type", "").startswith("text/html"):
                        found[asker.address(row, page.person, thing)] = CURSOR.sub(b"", answer.bare[1])
        return found

    # Pages say how late it is, and all of them together take longer than a minute.
    before = everything()
    with undone():
        asker.world._belongings("foreign", "more", asker.world.foreigner)
        User.objects.create_user(f"{MARKER}@example.com", MARKER)
        after = everything()
    differing = {address for address in before if before[address] != after[address]}
    assert differing - NEW_EACH_TIME == set()


def test_an_operation_across_departments_shows_the_users_own_part_and_a_number(asker, page):
    world = asker.world
    by = world.people["super"]
    with undone():
        own = world.make_lead("somecommon", owner=world.people[page.person], department=world.sales)
        rows = Lead.objects.filter(pk__in=[own.pk, world.unseen.pk, world.ids("lead", "foreign")["pk"]])
        record = carry_out(Assign(world.foreigner), rows, by=by).operation
        seen = page(f"/admin/operations/{record.pk}") if page.person != "rep" else ""
        page("/admin/operations")
    assert f"/admin/leads/{world.unseen.pk}" not in seen


def test_the_history_of_a_lead_does_not_name_its_owners_in_other_departments(asker, page):
    world = asker.world
    user = world.people[page.person]
    with operation("add", by=world.second_administrator, matched=1, changed=1):
        lead = Lead.objects.create(
            last_name="somewanderer",
            owner=world.foreigner,
            department=world.export,
            status=world.statuses["new"],
            source=world.source,
        )
    with operation(
        "assign", by=world.second_administrator, matched=1, changed=1, parameters={"owner": user.pk}
    ):
        Lead.objects.filter(pk=lead.pk).update(owner=user, department=world.sales)
    assert "somewanderer" in page(f"{LIST}/{lead.pk}")
