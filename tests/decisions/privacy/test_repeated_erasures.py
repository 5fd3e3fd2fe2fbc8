"""Who is erased once more after an older backup was restored: those who are back, and no one else who has their number by now."""

from typing import Any

import pytest

from crm.records.history.verb_execution import operation
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from leads.models import Lead
from mailings.suppression.address_digests import build_digest
from privacy import repeated_erasure
from privacy.repeated_erasure import repeat_erasures

pytestmark = pytest.mark.django_db
EMAIL = "zq@quixmail.example"
NAMELESS = {"last_name": ERASED_PERSON_NAME}
ERASED = {**NAMELESS, "erased_at": "2026-01-01T00:00Z"}
# How the erased lead is now, the emails that its person had, what the list names, and whether the lead is erased once more.
BACK: dict[str, tuple[dict[str, Any], list[str], dict[str, list[int]], bool]] = {
    "a person who is back": ({}, [EMAIL], {}, True),
    "one of several emails": ({}, ["old@quixmail.example", EMAIL], {}, True),
    "someone else with the number": ({"email": "else@x.example"}, [EMAIL], {}, False),
    "without an email": ({}, [], {}, True),
    "one who is still erased": (ERASED, [], {}, False),
    "one without a name, who is not marked as erased": (NAMELESS, [], {}, False),
    "one with a mark and a name": ({"erased_at": ERASED["erased_at"]}, [], {}, False),
    "with records of a type that no longer exists": ({}, [EMAIL], {"gone": [1]}, True),
    "with requests": ({}, [EMAIL], {"request": []}, True),
}


@pytest.mark.parametrize(("values", "emails", "more", "again"), BACK.values(), ids=BACK)
def test_who_is_erased_once_more(values, emails, more, again, make_lead, monkeypatch):
    lead, erased = make_lead(email=values.get("email", EMAIL)), []
    make_lead("Someone else", email="third@x.example")
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(**values)
    line = {"records": more | {"lead": [lead.pk]}, "digests": [build_digest(email) for email in emails]}
    monkeypatch.setattr(repeated_erasure, "read_erasure_lines", lambda: [line])
    monkeypatch.setattr(
        repeated_erasure, "erase_person", lambda person, **_given: erased.append(person.records) or True
    )
    assert repeat_erasures() == int(again)
    kept = {table: ids for table, ids in line["records"].items() if table != "gone"}
    assert erased == ([kept] if again else [])


@pytest.mark.parametrize(("done", "count"), [(True, 2), (False, 0)], ids=["erased", "nothing was left"])
def test_only_persons_who_were_erased_are_counted(done, count, make_lead, monkeypatch):
    lines = [{"records": {"lead": [make_lead().pk]}, "digests": []} for _number in range(2)]
    monkeypatch.setattr(repeated_erasure, "read_erasure_lines", lambda: lines)
    monkeypatch.setattr(repeated_erasure, "erase_person", lambda person, **_given: done)
    said: list[str] = []
    repeated_erasure.repeat_after_restore(said.append)
    assert [words.split()[1] for words in said] == ([str(count)] if count else [])
