"""CRM Connect, custom fields: a value of each type, which can be sent back as it is read, and values of other types."""

import pytest

from crm.models import Operation
from leads.models import Lead, LeadValues
from tests.api.connect.test_custom_fields import name, nested, shown
from tests.examples import one_in

# A type, what a program sends, and what it reads.
VALUES = [
    ("text", " Maths ", "Maths"),
    ("text", 12, "12"),
    ("long_text", "two\nlines", "two\nlines"),
    ("number", "1250", "1250.00"),
    ("number", "1,250.5", "1250.50"),
    ("number", 0.5, "0.50"),
    ("money", 99.5, "99.50"),
    ("date", "2026-05-31", "2026-05-31"),
    ("date", "31/05/2026", "2026-05-31"),
    ("moment", "31/05/2026 08:38:04", "2026-05-31 08:38:04"),
    ("moment", "2026-05-31T08:38:04Z", "2026-05-31 11:38:04"),
    ("yes_no", "1", "yes"),
    ("yes_no", False, "no"),
    ("yes_no", "yes", "yes"),
    ("choice", "music", "Music"),
    ("choice", "o2", "Music"),
    ("choices", "Music, Maths", "Maths, Music"),
    ("choices", ["o2", "Maths"], "Maths, Music"),
    ("choices", 'Music, "Song, and dance"', 'Music, "Song, and dance"'),
    ("choices", "Song, and dance", '"Song, and dance"'),
    ("rating", "4", "4"),
    ("email", "ana@example.com", "ana@example.com"),
    ("phone", "0722 123 456", "0722 123 456"),
    ("url", "example.com/a", "https://example.com/a"),
]
# A type, and a value that it doesn't take.
WRONG = [
    ("text", "two\nlines"),
    ("text", {"a": 1}),
    ("text", ["x"]),
    ("text", True),
    ("text", "a\0b"),
    ("text", "\ud800"),
    ("number", "many"),
    ("number", "1.23456"),
    ("number", True),
    ("date", "yesterday"),
    ("date", "0001-01-01"),
    ("moment", "99999-01-01"),
    ("moment", "0001-01-01T00:00:00+14:00"),
    ("yes_no", "maybe"),
    ("yes_no", 2),
    ("choice", "Physics"),
    ("choice", "o9"),
    ("choices", ["Maths", "Physics"]),
    ("choices", "Maths, Physics"),
    ("rating", "6"),
    ("rating", "1.5"),
    ("email", "nobody"),
    ("url", "not an address"),
    ("user", "Nobody Here"),
    ("user", "999999"),
]


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann, city="Brno")


@pytest.fixture
def make(make_field):
    """make("number"): a custom field of this type."""
    return lambda type: make_field(
        "Extra",
        type,
        choices=["Maths", "Music", "Song, and dance"] if "choice" in type else (),
        decimals=2 if type == "number" else 0,
    )


@pytest.mark.parametrize(("type", "sent", "text"), one_in(3, VALUES))
def test_a_value_of_each_type_is_written_and_what_is_read_can_be_sent_back(
    program, lead, new_lead, make, type, sent, text
):
    field = make(type)
    pk = program.post("/api/leads", {**new_lead, **nested(field, sent)})["record_id"]
    assert "X-Ignored-Fields" not in program.last
    program.put(f"/api/leads/{lead.pk}", nested(field, sent))
    assert "X-Ignored-Fields" not in program.last
    assert shown(program, pk) == shown(program, lead.pk) == [text]
    before = Operation.objects.count()
    program.put(f"/api/leads/{lead.pk}", nested(field, text))
    assert (shown(program, lead.pk), Operation.objects.count()) == ([text], before)
    program.put(f"/api/leads/{lead.pk}", nested(field, ""))
    assert shown(program, lead.pk) == [""]
    assert LeadValues.objects.get(record=lead).values == {}


@pytest.mark.parametrize(("type", "value"), WRONG)
def test_a_wrong_value_is_rejected_under_the_name_in_the_form(program, lead, new_lead, make, type, value):
    field, before = make(type), Operation.objects.count()
    for answer in (
        program.put(f"/api/leads/{lead.pk}", {**nested(field, value), "city": "Cluj"}, expect=422),
        program.post("/api/leads", {**new_lead, **nested(field, value)}, expect=422),
    ):
        assert (answer["status"], answer["error"]) == (False, "validation_failed")
        assert list(answer["errors"]) == [name(field)]
        assert answer["errors"][name(field)].endswith(".")
    assert (Operation.objects.count(), Lead.objects.get().city) == (before, "Brno")
