"""Programs can do what people can: each screen has a call of API v2, or a reason why it has none."""

from fnmatch import fnmatchcase

from django.urls import get_resolver

from tests.house.programs.screens import FAMILIES, MANY, Family
from tests.matrix.declared.api import API
from tests.matrix.test_declared import addresses

# So many families of screens have no calls yet. It may only go down.
TO_COME = 0
# Not screens: the APIs, and their documentation.
PROGRAMS = ("api/", "v1/", "scim/", "mcp")
SINGLE = {
    "leads": "lead",
    "companies": "company",
    "contacts": "contact",
    "deals": "deal",
    "requests": "request",
}


def screens() -> set[str]:
    return {route for route in addresses(get_resolver()) if not route.startswith(PROGRAMS)}


def expand(text: str) -> list[str]:
    """The route or call for each record type, or itself."""
    if "{" not in text:
        return [text]
    return [text.format(kind=many, one=SINGLE[many]) for many in MANY]


def family_of(route: str, families: tuple[Family, ...] = FAMILIES) -> Family | None:
    patterns = (
        (family, pattern) for family in families for text in family.screens for pattern in expand(text)
    )
    return next((family for family, pattern in patterns if fnmatchcase(route, pattern)), None)


def test_every_screen_has_a_call_of_api_v2_or_a_reason_or_is_still_to_come():
    assert sorted(route for route in screens() if family_of(route) is None) == []


def test_a_new_screen_without_a_family_fails():
    assert family_of("admin/leads/<int:pk>/made-up") is None


def test_every_family_has_a_screen_and_every_pattern_too():
    product = screens()
    idle = [
        text
        for family in FAMILIES
        for text in family.screens
        if not any(fnmatchcase(route, pattern) for pattern in expand(text) for route in product)
    ]
    assert idle == []
    used = {family_of(route) for route in product}
    assert [family.name for family in FAMILIES if family not in used] == []


def test_every_call_that_is_named_exists():
    known = {f"{call.method} {call.path}" for call in API}
    named = {call for family in FAMILIES for text in family.calls for call in expand(text)}
    assert sorted(named - known) == []


def test_a_family_has_calls_or_a_reason_and_never_both():
    assert [family.name for family in FAMILIES if family.calls and family.reason] == []


def test_the_families_that_are_still_to_come_only_become_fewer():
    assert sum(family.is_to_come for family in FAMILIES) == TO_COME
