"""What a merge does with an email or a phone that isn't chosen: the other, empty field takes it, or it is said to be unknown."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from duplicates.merging.emails_and_phones import get_spare_addresses
from duplicates.merging.field_values import RecordValues

KEPT, OTHER, THIRD = 1, 2, 3
ANA, WORK, OLD = "ana@a.example", "ana@work.example", "old@a.example"
MOBILE, DESK = ("0722 111 222", "+40722111222"), ("021 333 444", "+4021333444")


class Case(NamedTuple):
    """The emails of each record, first and second, in the order of their last change, the latest first. `email` and `second`
    are the records whose values are chosen."""

    emails: dict[int, tuple[str, str]]
    spare: dict[str, tuple[int, str]] = {}
    unknown: tuple[str, ...] = ()
    email: int = KEPT
    second: int = KEPT
    without: tuple[str, ...] = ()
    converted: bool = False


CASES = {
    "both have the same email": Case({KEPT: (ANA, ""), OTHER: (ANA, "")}),
    "the same email with other capitals": Case({KEPT: (ANA, ""), OTHER: (ANA.upper(), "")}),
    "one has none": Case({KEPT: (ANA, ""), OTHER: ("", "")}),
    "the other email becomes the second one": Case(
        {KEPT: (ANA, ""), OTHER: (WORK, "")}, {"second_email": (OTHER, "email")}
    ),
    "the kept record's own email becomes the second one": Case(
        {KEPT: (ANA, ""), OTHER: (WORK, "")}, {"second_email": (KEPT, "email")}, email=OTHER
    ),
    "the second email is taken": Case({KEPT: (ANA, OLD), OTHER: (WORK, "")}, unknown=(WORK,)),
    "the other email is the kept second one": Case({KEPT: (ANA, WORK), OTHER: (WORK, "")}),
    "the other second email fills an empty first one": Case(
        {KEPT: ("", ANA), OTHER: ("", WORK)}, {"email": (OTHER, "second_email")}
    ),
    "two emails of a record fill both empty fields in their order": Case(
        {KEPT: (ANA, WORK), OTHER: ("", "")},
        {"email": (KEPT, "email"), "second_email": (KEPT, "second_email")},
        email=OTHER,
        second=OTHER,
    ),
    "the user leaves the second email empty": Case(
        {KEPT: (ANA, ""), OTHER: (WORK, "")}, unknown=(WORK,), without=("second_email",)
    ),
    "of three, the one that was changed last": Case(
        {OTHER: (WORK, ""), THIRD: (OLD, ""), KEPT: (ANA, "")},
        {"second_email": (OTHER, "email")},
        (OLD,),
    ),
    "a converted lead keeps its own": Case(
        {KEPT: (ANA, ""), OTHER: (WORK, "")}, unknown=(WORK,), converted=True
    ),
}


def record(pk: int, place: int, converted: bool = False, **parts: Any) -> RecordValues:
    parts |= {"client": 9} if converted and pk == KEPT else {}
    return RecordValues(
        pk, datetime(2026, 5, 20 - place, tzinfo=UTC), datetime(2026, 4, pk, tzinfo=UTC), 1, [], parts
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_email_that_is_not_chosen(case):
    records = [
        record(pk, place, case.converted, email=first, second_email=second)
        for place, (pk, (first, second)) in enumerate(case.emails.items())
    ]
    sources = {"email": case.email, "second_email": case.second}
    found, unknown = get_spare_addresses(records, sources, case.without)
    assert {name: (spare.record, spare.of) for name, spare in found.items()} == case.spare
    assert tuple(unknown) == case.unknown


PHONES = {
    "the other phone becomes the mobile": ({"phone": DESK}, {"phone": MOBILE}, {"mobile": "phone"}, ()),
    "the other mobile becomes the phone": ({"mobile": DESK}, {"mobile": MOBILE}, {"phone": "mobile"}, ()),
    "the same number as another text": ({"phone": DESK}, {"mobile": ("+40 21 333444", DESK[1])}, {}, ()),
    "both fields are taken": (
        {"phone": DESK, "mobile": MOBILE}, {"phone": ("0744 1", "+407441")}, {}, ("0744 1",)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kept", "other", "spare", "unknown"), PHONES.values(), ids=PHONES.keys())
def test_a_phone_that_is_not_chosen(kept, other, spare, unknown):
    empty = {"phone": ("", ""), "mobile": ("", "")}
    records = [record(KEPT, 0, **{**empty, **kept}), record(OTHER, 1, **{**empty, **other})]
    found, lost = get_spare_addresses(records, {"phone": KEPT, "mobile": KEPT})
    assert {name: one.of for name, one in found.items()} == spare
    assert tuple(lost) == unknown


def test_a_record_type_with_one_phone_has_no_room_for_another():
    records = [record(KEPT, 0, phone=DESK), record(OTHER, 1, phone=MOBILE)]
    assert get_spare_addresses(records, {"phone": KEPT}) == ({}, [MOBILE[0]])
