"""SCIM's lists: filters, pages, chosen attributes, and hostile input, which is never a 500."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Provisioned, Role, User
from accounts.scim import filter_parser
from accounts.scim.filter_parser import AllOf, AnyOf, Equal
from accounts.scim.problems import ScimProblem
from tests.examples import TIMES

pytestmark = pytest.mark.django_db


def names(found) -> list[str]:
    return [one["displayName"] for one in found["Resources"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('userName eq "BOB@example.com"', ["Bob"]),
        ('USERNAME EQ "bob@example.com"', ["Bob"]),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bob@example.com"', ["Bob"]),
        ('emails.value eq "Ben@example.com"', ["Ben"]),
        ('emails[type eq "work"].value eq "ben@example.com"', ["Ben"]),
        ('userName eq "bob@example.com" or userName eq "ben@example.com"', ["Bob", "Ben"]),
        ('userName eq "bob@example.com" and active eq false', []),
        ('userName eq "bob@example.com" and active eq "True"', ["Bob"]),
        ('active eq true and (displayName eq "Bob" or displayName eq "Ben")', ["Bob", "Ben"]),
        ('displayName eq "Ann" or displayName eq "Bob" and active eq false', ["Ann"]),
        ('active eq "perhaps"', []),
        ("userName eq null", []),
        ("userName eq 7", []),
        ('externalId eq ""', []),
        ('id eq "x"', []),
        ('userName eq "bob@example.com\\u0022"', []),
    ],
)
def test_a_filter_finds_exactly_the_users_it_describes(provider, cast, asked, found):
    answer = provider.find("/Users", asked)
    assert names(answer) == found
    assert answer["totalResults"] == len(found)


@pytest.mark.parametrize(
    "asked",
    [
        "userName",
        "userName eq",
        'userName co "bob"',
        "userName pr",
        'not (userName eq "a")',
        'userName eq "a" and',
        'userName eq "a" userName eq "b"',
        '(userName eq "a"',
        'userName eq "a")',
        "userName eq bob",
        'userName eq "a',
        'userName eq "\\x"',
        'userName eq "\\ud800"',
        'userName eq "\\u0000"',
        'password eq "a"',
        '"a" eq userName',
        "(" * 50 + 'userName eq "a"' + ")" * 50,
        'userName eq "' + "a" * 2_000 + '"',
        "'; DROP TABLE accounts_user; --",
    ],
)
def test_a_filter_that_leadwell_does_not_know_is_an_invalid_filter(provider, asked):
    answer = provider.find("/Users", asked, expect=400)
    assert answer["scimType"] == "invalidFilter"


PARTS = [
    "userName",
    "eq",
    "and",
    "or",
    "not",
    "(",
    ")",
    '"a"',
    '"\\u0000"',
    "true",
    "[",
    "]",
    ".",
    "active",
    "\\",
    '"',
]


@settings(max_examples=15 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join)))
@pytest.mark.hard
def test_no_filter_is_ever_a_fault_of_leadwell(provider, asked):
    for path in ("/Users", "/Groups"):
        query = urlencode({"filter": asked.encode("utf-8", "replace")})
        headers = {"Authorization": f"Bearer {provider.secret}"}
        assert provider.client.get(f"/scim/v2{path}?{query}", headers=headers).status_code in (200, 400)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "type", "members", "active", "name", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
STEPS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["add", "Replace", "remove", "x"]) | VALUES,
        "path": st.sampled_from(["members", "emails", "name", 'emails[type eq "work"].value', "active"])
        | VALUES,
        "value": VALUES,
    },
)


@settings(max_examples=6 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS | VALUES, max_size=3) | VALUES)
@pytest.mark.hard
def test_no_body_is_ever_a_fault_of_leadwell(provider, bob, steps):
    import json

    group = f"Groups/role-{Role.objects.get(key='operator').pk}"
    for path in (f"Users/{bob.pk}", group):
        for body in ({"Operations": steps}, steps):
            headers = {"Authorization": f"Bearer {provider.secret}"}
            for method in ("PATCH", "PUT"):
                answer = provider.client.generic(
                    method, f"/scim/v2/{path}", json.dumps(body), "application/scim+json", headers=headers
                )
                assert answer.status_code < 500, answer.content


def test_and_binds_more_than_or_and_parentheses_more_than_both():
    a, b, c = (Equal("username", name) for name in "abc")
    read = filter_parser.parse_filter
    assert read('userName eq "a" or userName eq "b" and userName eq "c"') == AnyOf((a, AllOf((b, c))))
    assert read('(userName eq "a" or userName eq "b") and userName eq "c"') == AllOf((AnyOf((a, b)), c))
    with pytest.raises(ScimProblem):
        read("")


def test_pages_follow_each_other_without_gap_or_overlap(provider, cast):
    everyone = provider.get("/Users?count=1000")
    assert everyone["totalResults"] == everyone["itemsPerPage"] == User.objects.count()
    found = []
    for start in range(1, everyone["totalResults"] + 1, 4):
        page = provider.get(f"/Users?startIndex={start}&count=4")
        assert page["startIndex"] == start
        assert page["totalResults"] == everyone["totalResults"]
        found += names(page)
    assert found == names(everyone)


@pytest.mark.parametrize(
    ("query", "start", "shown"),
    [("count=0", 1, 0), ("count=-1", 1, 0), ("startIndex=0&count=2", 1, 2), ("startIndex=-7&count=1", 1, 1),
     ("startIndex=9999", 9999, 0), ("count=99999999", 1, 9)],
)  # fmt: skip
def test_numbers_out_of_range_are_moved_into_it(provider, cast, query, start, shown):
    answer = provider.get(f"/Users?{query}")
    assert (answer["startIndex"], len(answer["Resources"]), answer["totalResults"]) == (start, shown, 9)


@pytest.mark.parametrize(
    "query", ["count=x", "startIndex=1.5", "count=%C2%B2", "startIndex=9999999999999999999"]
)
def test_a_page_that_is_no_number_is_400(provider, query):
    assert provider.get(f"/Users?{query}", expect=400)["scimType"] == "invalidValue"


def test_attributes_are_chosen_or_left_out_and_the_id_always_stays(provider, bob):
    shown = provider.get(f"/Users/{bob.pk}?attributes=userName,name.formatted,emails.value")
    assert shown == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": str(bob.pk),
        "userName": "bob@example.com",
        "name": {"formatted": "Bob"},
        "emails": [{"value": "bob@example.com"}],
    }
    shown = provider.get(f"/Users/{bob.pk}?excludedAttributes=ID,groups,emails.type,meta")
    assert "groups" not in shown
    assert "meta" not in shown
    assert shown["emails"] == [{"value": "bob@example.com", "primary": True}]
    assert shown["id"] == str(bob.pk)


def test_a_thousand_users_take_as_many_queries_as_ten(provider, departments):
    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            provider.get(path)
        return len(caught)

    paths = ["/Users?count=1000", "/Groups?count=1000", "/Users?count=1000&filter=active+eq+true"]
    before = [queries(path) for path in paths]
    people = User.objects.bulk_create(
        User(email=f"u{number}@example.org", name=f"U {number}") for number in range(1_000)
    )
    role = Role.objects.get(key="rep")
    User.groups.through.objects.bulk_create(User.groups.through(user=user, group=role) for user in people)
    Membership.objects.bulk_create(Membership(user=user, department=departments.sales) for user in people)
    Provisioned.objects.bulk_create(Provisioned(user=user, user_name=user.email) for user in people)
    assert [queries(path) for path in paths] == before
    assert max(before) < 16
    assert len(provider.get("/Users?count=1000")["Resources"]) == 1_000
