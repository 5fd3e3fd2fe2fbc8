"""Amounts in the list of changes: with their currency at that time, and written as the reader writes numbers."""

import pytest
from django.utils import translation

from crm.models import Change
from crm.records.history.timeline import build_changes_in_words
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import Edit

# The edits of a lead with 1,200 EUR, and the changes of its value as a reader of this language sees them.
CASES = {
    "an amount": ([{"value": "1500"}], "en", ["1,200 EUR → 1,500 EUR"]),
    "with cents": ([{"value": "1500.5"}], "en", ["1,200 EUR → 1,500.50 EUR"]),
    "in Romanian": ([{"value": "1500.5"}], "ro", ["1.200 EUR → 1.500,50 EUR"]),
    "removed": ([{"value": None}], "en", ["1,200 EUR → "]),
    "with its currency": ([{"value": "1500", "currency": "RON"}], "en", ["1,200 EUR → 1,500 RON"]),
    "before the currency changed": (
        [{"value": "1500"}, {"currency": "RON"}], "en", ["1,200 EUR → 1,500 EUR"],
    ),
    "after the currency changed": (
        [{"currency": "RON"}, {"value": "1500"}], "en", ["1,200 RON → 1,500 RON"],
    ),
    "before it changed twice": (
        [{"value": "1500"}, {"currency": "RON"}, {"currency": "USD"}, {"value": "9"}],
        "en",
        ["1,200 EUR → 1,500 EUR", "1,500 USD → 9 USD"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "language", "texts"), CASES.values(), ids=CASES)
def test_how_a_changed_amount_is_written(edits, language, texts, ann, make_lead):
    lead = make_lead("Ana Albu", value=1200, currency="EUR")
    for values in edits:
        carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=ann)
    changes = (
        Change.objects.of_rows("lead", [lead.pk]).with_field("value").filter(kind="update").order_by("pk")
    )
    with translation.override(language):
        found = [field for _change, fields in build_changes_in_words(Lead, changes, ann) for field in fields]
    written = [
        f"{field.old} → {field.new}".replace("\u00a0", " ") for field in found if field.column == "value"
    ]
    assert written == texts
