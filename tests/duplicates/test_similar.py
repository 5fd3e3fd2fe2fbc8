"""Similar names and companies: what a slip, a legal form or the order of words changes, and what it doesn't."""

import pytest

from duplicates.similarity import ComparedName, get_name_essence, get_similar_ones, measure_similarity


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (("Ioana Vasilescu", "Omnia Trade"), ("Vasilescu Ioana", "SC Omnia Trade S.R.L."), True),
        (("Ioana Vasilescu", "Omnia Trade"), ("Ioana Vasilesco", "Omnia Trade"), True),
        (("Ioana Vasilescu", "Omnia Trade"), ("Ioana Vasilescu", "Omnai Trade"), True),
        (("Ioana Vasilescu", "Omnia Trade"), ("Marius Dobre", "Omnia Trade"), False),
        (("Ioana Vasilescu", "Omnia Trade"), ("Ioana Vasilescu", "Zenit"), False),
        (("Ioana Vasilescu", "Garage 51"), ("Ioana Vasilescu", "Garage 52"), False),
    ],
)
def test_people_are_alike_if_both_their_name_and_company_are(make_lead, scanned, ada, one, other, alike):
    for name, company in (one, other):
        make_lead(name, company=company, email="", phone="")
    assert (len(scanned(ada)) == 1) == alike


def test_a_company_of_legal_forms_only_keeps_its_words():
    assert get_name_essence("sa nv") == "nv sa"


def test_similarities_below_the_threshold_are_zero():
    assert measure_similarity("omnia", "zenit", 88) == 0
    assert measure_similarity("omnia", "omnia", 88) == 100
    others = [ComparedName.from_keys(1, "ana albu", "omnia"), ComparedName.from_keys(2, "ana albu", "zenit")]
    found = get_similar_ones(ComparedName.from_keys(3, "albu ana", "omnia srl"), others, 88, by_name=True)
    assert [(known.number, score) for known, score in found] == [(1, 100)]
