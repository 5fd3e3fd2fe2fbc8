"""The names of countries in files of other programs: which country each means, and which one is suggested for a misspelling."""

import pytest

from crm.platform.text.country_names import (
    _get_names_to_compare,
    find_country_code,
    find_country_in_any_language,
    find_similar_country,
    get_codes_by_name,
    get_codes_by_word_set,
    get_english_names,
    remove_common_words,
)

NAMES = {
    "TR": "Turkey, Türkiye, Türkei, Turcia, Turquie, Turquía, TÜRKIYE, TUR",
    "US": "USA, U.S.A, U.S., United States, United States of America, US of A, SUA, Statele Unite, The United States",
    "GB": "UK, U.K., Great Britain, England, Scotland, Wales, Northern Ireland, United Kingdom, Anglia, Marea Britanie",
    "MD": "Moldova, Republic of Moldova, Moldova (Republic of), Republica Moldova, Moldau",
    "KR": "South Korea, Republic of Korea, Korea (the Republic of), Coreea de Sud",
    "KP": "North Korea, Korea (North), Democratic People's Republic of Korea",
    "VN": "Vietnam, Viet Nam",
    "IR": "Iran, Iran (Islamic Republic of)",
    "MK": "North Macedonia, Macedonia, Macedonia (the former Yugoslav Republic of)",
    "CZ": "Czechia, Czech Republic, Cehia, Česko",
    "NL": "Netherlands, The Netherlands, Netherlands (the), Holland, Olanda, Niederlande, Pays-Bas",
    "DE": "Germany, Deutschland, Germania, Allemagne, Federal Republic of Germany, DEU",
    "RO": "Romania, România, Rumänien, ROMANIA, ROU, RO, ro",
    "IE": "Ireland, Republic of Ireland, Irlanda",
    "AE": "UAE, United Arab Emirates (UAE), Emiratele Arabe Unite",
    "HK": "Hong Kong, Hongkong, Hong Kong SAR",
    "TW": "Taiwan, Taiwan (Province of China)",
    "CV": "Cape Verde, Cabo Verde",
    "CI": "Ivory Coast, Cote d'Ivoire, Côte d’Ivoire, Coasta de Fildeș",
    "MM": "Myanmar, Burma",
    "SZ": "Eswatini, Swaziland",
    "CD": "DRC, Democratic Republic of the Congo, Congo (Democratic Republic of)",
    "CG": "Congo, Republic of Congo",
    "BA": "Bosnia, Bosnia & Herzegovina, Bosnia and Herzegovina, Bosnien und Herzegowina",
    "SK": "Slovakia, Slovak Republic, Slowakei",
    "VA": "Vatican, Holy See",
    "MO": "Macau, Macao",
    "VG": "British Virgin Islands, Virgin Islands (British)",
    "VI": "US Virgin Islands",
    "LC": "St. Lucia, Saint Lucia",
    "VC": "St. Vincent & The Grenadines, St Vincent",
    "PS": "Palestine, State of Palestine",
    "GR": "Greece, Ελλάδα",
    "RU": "Russia, Russian Federation, Россия",
    "UA": "Ukraine, Україна",
    "JP": "Japan, 日本",
    "EG": "Egypt, مصر",
    "GW": "Guinea-Bissau, Guinea (Bissau)",
    "IS": "Island",
    # Unknown, or several countries.
    "": "Serbia and Montenegro, Yugoslavia, Virgin Islands, Bucharest, Europe, xxx, -, Republic of China, Saint, of Romania",
}
CASES = {f"{name} is {code or 'none'}": (name, code) for code in NAMES for name in NAMES[code].split(", ")}
# With a comma, as ISO lists them.
CASES |= {
    "Moldova, Republic of": ("Moldova, Republic of", "MD"),
    "Korea, Republic of": ("Korea, Republic of", "KR"),
    "Tanzania, United Republic of": ("Tanzania, United Republic of", "TZ"),
    "Congo, the Democratic Republic of the": ("Congo, the Democratic Republic of the", "CD"),
    "Palestinian Territory, Occupied": ("Palestinian Territory, Occupied", "PS"),
    "Macedonia, the former Yugoslav Republic of": ("Macedonia, the former Yugoslav Republic of", "MK"),
}


@pytest.mark.parametrize("name", CASES)
def test_which_country_a_name_means(name):
    text, code = CASES[name]
    assert find_country_in_any_language(text) == code


SUGGESTED = {
    "a missing letter": ("Romnia", "RO"),
    "a missing letter in the product's other language": ("Elvția", "CH"),
    "two letters swapped": ("Gemrany", "DE"),
    "a missing letter in a long name": ("Unitd Kingdom", "GB"),
    "a name of several countries": ("Virgin Islands", "VI"),
    "a country that no longer exists": ("Yugoslavia", ""),
    "a city": ("Bucharest", ""),
    "a continent": ("Europe", ""),
    "a short text that resembles a code": ("xxx", ""),
    "no letters": ("-", ""),
    "a code with a letter too many": ("ROUU", ""),
    "a letter too many in a name of four": ("Perru", "PE"),
    "two letters swapped in an everyday name": ("Great Britian", "GB"),
}


@pytest.mark.parametrize("name", SUGGESTED)
def test_which_country_is_suggested_for_a_name_that_means_none(name):
    text, code = SUGGESTED[name]
    assert find_similar_country(text) == code


# A name, and what of it is compared with the names of countries.
COMPARED = {
    "a name": ("romania", "romania"),
    "a form of state": ("republic of moldova", "moldova"),
    "little words": ("bosnia and the herzegovina", "bosnia herzegovina"),
    "several": ("democratic republic of the congo", "congo"),
    "nothing else": ("the united states of the union", "united"),
    "only such words": ("republic of the", "republic of the"),
}


@pytest.mark.parametrize(("name", "compared"), COMPARED.values(), ids=COMPARED)
def test_words_of_many_countries_make_no_name_similar(name, compared):
    assert remove_common_words(name) == compared


def test_a_search_knows_the_names_in_the_languages_of_the_product_only():
    assert (
        find_country_code("Turcia"),
        find_country_code("Czech Republic"),
        find_country_code("Türkei"),
    ) == (
        "TR",
        "CZ",
        "",
    )


def test_a_search_takes_no_short_text_for_a_country():
    assert find_country_code("USA") == find_country_code("in") == ""
    assert (find_country_code("Iran"), find_country_code(" Iran ")) == ("IR", "IR")


# Names that only one of the lists of names has, and the country; none for a country that is no longer one.
LISTED = {
    "England": "GB",
    "Palestine": "PS",
    "Swaziland": "SZ",
    "Swiss Confederation": "CH",
    "Holy See": "VA",
    "Burma": "MM",
    "Upper Volta": "BF",
    "Socialist Republic of the Union of Burma": "MM",
    "Republic of Upper Volta": "BF",
    "Czechoslovakia": "",
    "Trinidad": "TT",
    "Bonaire": "BQ",
    "Micronezia": "FM",
    "Guernesey": "",
    "Bissau Guinea": "GW",
    "of Romania": "",
}


def test_the_names_of_each_list_when_they_are_read_for_the_first_time(monkeypatch):
    """Afterwards a process remembers them."""
    monkeypatch.setattr("crm.platform.text.country_names.OTHER_LANGUAGES", ())
    for remembered in (get_english_names, get_codes_by_word_set, get_codes_by_name, _get_names_to_compare):
        remembered.cache_clear()
    assert {name: find_country_in_any_language(name) for name in LISTED} == LISTED
    assert {text: find_similar_country(text) for text, _code in SUGGESTED.values()} == dict(
        SUGGESTED.values()
    )
    # In French the product has no names of its own.
    assert get_codes_by_name("fr")["guernesey"] == "GG"
