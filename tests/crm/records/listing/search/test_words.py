"""Search: any part of any word of a lead, within the user's scope."""

import pytest
from django.db import connection
from django.http import QueryDict

from crm.records.history.verb_execution import carry_out
from crm.records.listing.record_list import RecordList
from crm.records.listing.search import search
from leads import verbs
from leads.kind import LEAD
from leads.models import Lead


def found(user, text):
    data = QueryDict(mutable=True)
    data["q"] = text
    return {
        lead.last_name for lead in Lead.objects.filter(pk__in=RecordList(LEAD, data, user).get_page(50).ids)
    }


@pytest.fixture
def leads(ada, make_lead, make_tag, departments):
    make_lead(
        "Ilinca Dumitrescu",
        company="Carpați Logistic SRL",
        email="Ilinca+fair@CarpatiLogistic.ro",
        phone="0722 123 456",
        phone_normal="+40722123456",
        website="https://www.carpati.example",
        city="Cluj-Napoca",
        zip="00123",
        description="Wants trackers that survive −25 °C",
        tags=[make_tag("cold chain").pk],
    )
    make_lead("Jan Novák", company="HP", email="jan.novak@severostroj.cz", title="Head of 3M deals")
    make_lead("Dan 李明", company="Export only", department=departments.export)


@pytest.mark.parametrize(
    "text",
    [
        "dumitrescu",
        "mitres",
        "DUMITRESCU ilinca",
        "carpati",
        "Carpați",
        "ilinca+fair@carpatilogistic.ro",
        "@carpatilogistic",
        "0722123456",
        "+40 722 123 456",
        "0040722123456",
        "722-123",
        "123456",
        "napoca",
        "00123",
        "tracker",
        "cold chain",
        "chain dumitrescu",
        "www.carpati.example",
    ],
)
def test_a_lead_is_found_by_any_part_of_its_text(text, leads, ada):
    assert found(ada, text) == {"Dumitrescu"}


@pytest.mark.parametrize(
    ("text", "names"), [("HP", {"Novák"}), ("3m", {"Novák"}), ("李明", {"李明"}), ("p", set())]
)
def test_one_or_two_letters_match_the_start_of_words(text, names, leads, ada):
    assert found(ada, text) == names


def test_all_words_must_be_found(leads, ada):
    assert found(ada, "ilinca severostroj") == set()


def test_search_stays_within_the_users_scope(leads, ann, carla):
    assert found(carla, "dumitrescu") == set()
    assert found(ann, "export") == set()


@pytest.mark.parametrize("text", ["'", "a' | 'b", "\\", "!!!", ":*", "& |", "\u0000", "%", "()", "€", "   "])
def test_query_language_characters_do_no_harm(text, leads, ada):
    assert isinstance(found(ada, text), set)


def test_a_number_and_a_public_id_open_the_lead(leads, ada, client):
    lead = Lead.objects.get(last_name="Novák")
    assert LEAD.search.parse_id(f"#{lead.pk}") == lead.pk
    assert LEAD.search.parse_id(lead.public_id) == lead.pk
    assert LEAD.search.parse_id("lead_zzzz") is None
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    assert client.get("/admin/leads", {"q": f"#{lead.pk}"})["Location"] == f"/admin/leads/{lead.pk}"


def test_a_changed_lead_is_found_by_its_new_words_and_not_by_its_old_ones(leads, ada):
    rows = Lead.objects.filter(last_name="Novák")
    carry_out(verbs.Edit({"company": "Vestvind"}), rows.changeable_by(ada), by=ada)
    assert found(ada, "vestvind") == {"Novák"}
    assert found(ada, "hp") == set()


@pytest.mark.parametrize(("few", "expected"), [(0, 0), (0, 1_000_000), (4_000, 1_000_000)])
def test_common_words_are_searched_as_correctly_as_rare_ones(few, expected, leads, ada, monkeypatch):
    """Regardless of how many leads the planner expects."""
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", few)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: expected)
    assert found(ada, "dumitrescu") == {"Dumitrescu"}
    assert found(ada, "chain dumitrescu") == {"Dumitrescu"}
    assert found(ada, "nobody") == set()


def test_very_long_words_are_found_by_their_start(ada, make_lead):
    make_lead("X", company="a" * 45 + "bcd")
    assert found(ada, "a" * 30) == {"X"}


def test_folding_in_the_database_and_for_small_tables_is_the_same(db):
    from crm.platform.text.text_folding import fold_text as folded

    texts = [
        "Ștefan",
        "ØSTERGAARD",
        "Łódź",
        "Straße",
        "Éric",
        "İstanbul",
        "Æble",
        "þorn",
        "Đorđe",
        "naïve",
        "李明",
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(leadwell_fold(t) ORDER BY place) FROM unnest(%s::text[]) WITH ORDINALITY x(t, place)",
            [texts],
        )
        assert [folded(text) for text in texts] == cursor.fetchone()[0]


def test_a_number_alone_finds_its_lead_and_leads_that_contain_it(ann, make_lead):
    lead, _other = make_lead("Ana One"), make_lead("Ana Two")
    street = make_lead("Ana Three", address=f"Strada Lungă {lead.pk}")
    assert found(ann, str(lead.pk)) == {lead.last_name, street.last_name}


@pytest.mark.parametrize("text", ["Müller", "Muller", "Mueller", "müll", "muelle"])
def test_german_umlauts_are_found_both_ways(ada, make_lead, text):
    make_lead("Jürgen Müller")
    make_lead("Uwe Mueller-Voss")
    assert found(ada, text) >= {"Müller"}
    if text in ("Müller", "Mueller", "muelle"):
        assert found(ada, text) == {"Müller", "Mueller-Voss"}


@pytest.mark.parametrize("text", ["Romania", "românia", "Roumania"])
def test_leads_are_found_by_the_name_of_their_country(ada, make_lead, text):
    make_lead("Ana Pop", country="RO")
    make_lead("Jan Novák", country="CZ")
    assert found(ada, text) == ({"Pop"} if text != "Roumania" else set())


def test_a_country_and_other_words_narrow_each_other_down(ada, make_lead):
    make_lead("Ana Pop", country="GB")
    make_lead("Ana Rusu", country="RO")
    assert found(ada, "ana romania") == {"Rusu"}
    assert found(ada, "united kingdom") == {"Pop"}
    assert found(ada, "pop romania") == set()


@pytest.mark.parametrize(
    ("text", "meant"), [("tepez", "tepes"), ("mihia", "mihai"), ("mihai tepess", "mihai tepes")]
)
def test_a_search_with_a_typing_error_offers_what_was_meant(sign_in, ada, make_lead, text, meant):
    make_lead("Mihai Țepeș")
    page = sign_in(ada).get("/admin/leads", {"q": text}).text
    assert f">{meant}</a>?" in page
    assert "Check the spelling" not in page


def test_what_was_meant_is_never_taken_from_leads_out_of_sight(sign_in, bob, make_lead, departments):
    make_lead("Mihai Țepeș", department=departments.export)
    page = sign_in(bob).get("/admin/leads", {"q": "mihia"}).text
    assert "mihai" not in page
    assert "Check the spelling" in page
