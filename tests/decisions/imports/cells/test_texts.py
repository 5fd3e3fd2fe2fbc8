"""HTML, yes and no, and lists of names in files of other programs."""

from collections import Counter

import pytest

from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.excel.parsing.yes_no import NO, YES, parse_yes_or_no
from crm.platform.text.html_to_text import convert_html_to_text, is_html
from crm.platform.text.text_folding import fold_text
from crm.transfer.imports.columns.column_guessing import Type, propose_field_type
from tests.decisions.imports.on_paper import COLD, HOT, added, changed

pytestmark = pytest.mark.usefixtures("on_paper")

HTML = {
    "a paragraph with bold words": (
        "<p>Called <b>twice</b>&nbsp;&amp; wants a quote<br>Budget: 5&lt;x&lt;9 k</p>",
        "Called twice & wants a quote\nBudget: 5<x<9 k",
    ),
    "a script is left out": ("<p>Hello</p><script>alert(1)</script>", "Hello"),
    "tags within a script": ("<p>Hello</p><script>x('<style>')</script><p>you</p>", "Hello\nyou"),
    "a head without an end": ("<html><head><title>T<body><p>Hello</p>", "Hello"),
    "a comment": ("<p>Hello<!-- <p>no</p> --> you</p>", "Hello you"),
    "tags that never end": ("<p>Hello</p> > > <a <a", "Hello\n> > <a <a"),
    "two paragraphs": ("<p>One</p><p>Two</p>", "One\nTwo"),
    "blocks of an editor": ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
    "a list": ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
    "line breaks of the source say nothing": ("<p>One\ntwo</p>", "One two"),
    "only bold words in lines of text": ("One\n<b>Two</b>", "One\nTwo"),
    "a link keeps its words": ('See <a href="https://example.com">our site</a>.', "See our site."),
    "a line break with a slash": ("One<br/>Two", "One\nTwo"),
}
NO_HTML = {
    "a comparison": "5<x<9",
    "an arrow": "Ana -> Dan, a < b > c",
    "an email in brackets": "Ana <ana@example.com>",
    "lines": "Line 1\nLine 2\n\n- item",
    "an ampersand": "Pop & Sons",
}


@pytest.mark.parametrize("name", HTML)
def test_how_html_is_read(name):
    text, read = HTML[name]
    assert is_html(text)
    assert convert_html_to_text(text) == read


@pytest.mark.parametrize("name", NO_HTML)
def test_a_text_that_is_no_html_stays_as_it_is(name):
    assert not is_html(NO_HTML[name])


def test_html_becomes_plain_text_unless_it_was_exported_like_that():
    found = changed({"description": "<p>Hello</p>"}, {"description": ""})
    assert found.values == {"description": "Hello"}
    assert found.notes == [("description", "HTML removed", "<p>Hello</p>", "Hello")]
    assert changed({"description": "<p>Hello</p>"}, {"description": "<p>Hello</p>"}).values == {}


COPIED = {
    "a space without width behind a name": ("Pop\u200b", "Pop"),
    "a space without width within a name": ("Po\u200bp", "Pop"),
    "a possible hyphen": ("Ale\u00adxan\u00addru", "Alexandru"),
    "the mark of the beginning of a file": ("\ufeffPop", "Pop"),
    "marks of direction around a name": ("\u202aPop\u202c", "Pop"),
    "a mark of direction and spaces": ("\u200e \u00a0Pop\u00a0 \u200f", "Pop"),
    "Persian letters that aren't joined": ("علی\u200cرضا", "علی\u200cرضا"),
    "a person of several characters": ("Pop 👩\u200d💻", "Pop 👩\u200d💻"),
    "a mark of direction within": ("Pop \u200eשלום", "Pop \u200eשלום"),
}


@pytest.mark.parametrize(("cell", "name"), COPIED.values(), ids=COPIED)
def test_what_nobody_sees_is_no_part_of_a_text(cell, name):
    assert added({"last_name": cell}).values["last_name"] == name
    assert changed({"last_name": cell}, {"last_name": name}).values == {}
    # As it was exported.
    assert changed({"last_name": cell}, {"last_name": cell}).values == {}


def test_marks_around_a_phone_are_no_part_of_it():
    """Those that Windows adds to copied phones."""
    values = added({"last_name": "Pop", "phone": "\u202a+40 722 111 001\u202c"}).values
    assert values["phone"] == "+40 722 111 001"


def test_a_name_of_two_lines_is_one_line():
    found = added({"first_name": "Ana\nMaria", "last_name": "Pop"})
    assert found.values["first_name"] == "Ana Maria"
    assert found.notes == [("first_name", "Line breaks replaced by spaces", "Ana\nMaria", "Ana Maria")]


WORDS = {
    True: "1, x, X, ✓, ✔, ☑, yes, Y, TRUE, t, on, da, DA, ADEVĂRAT, Adevarat, ja, WAHR, oui, VRAI, sí, VERDADERO, vero, sim, "
    "WAAR, prawda, igen, IGAZ, ano, pravda, evet, DOĞRU, kyllä, TOSI, да, ИСТИНА, так, ναι",
    False: "0, -, ✗, ☐, no, N, FALSE, f, off, nu, FALS, nein, FALSCH, non, FAUX, FALSO, não, ONWAAR, nie, fałsz, nem, HAMIS, "
    "ne, nepravda, hayır, YANLIŞ, ei, EPÄTOSI, нет, ЛОЖЬ, ні, όχι",
    None: "maybe, 2, xx, yes and no",
}
SAID = {word: said for said, words in WORDS.items() for word in words.split(", ")}


@pytest.mark.parametrize("word", SAID)
def test_yes_and_no_in_the_words_of_people_and_of_spreadsheets(word):
    assert parse_yes_or_no(word) is SAID[word]


def test_no_word_says_yes_and_no():
    assert set() == YES & NO
    assert {word for word in YES | NO if fold_text(word) != word} == set()


def test_a_cell_with_yes_or_no():
    assert added({"last_name": "Pop", "vip": "ADEVĂRAT"}).values["vip"] is True
    assert added({"last_name": "Pop", "vip": "FALS"}).values["vip"] is False
    assert added({"last_name": "Pop", "vip": "maybe"}).errors == [("vip", "Enter yes or no.")]


LISTS = {
    "commas": ("hot, expo", ["hot", "expo"]),
    "semicolons": ("hot;expo", ["hot", "expo"]),
    "bars": ("hot|expo", ["hot", "expo"]),
    "a JSON list": ('["hot","expo"]', ["hot", "expo"]),
    "a JSON list with an empty name": ('["hot", " "]', ["hot"]),
    "an empty JSON list": ("[]", []),
    "quotes": ('"hot","expo"', ["hot", "expo"]),
    "a line for each": ("hot\nexpo", ["hot", "expo"]),
    "three colons": ("hot ::: expo", ["hot", "expo"]),
    "words with #": ("#hot #expo", ["hot", "expo"]),
    "one word with #": ("#hot", ["hot"]),
    "a number sign in a name": ("hall #7", ["hall #7"]),
    "a slash belongs to the name": ("R&D / Ops", ["R&D / Ops"]),
    "a colon belongs to the name": ("hot:expo", ["hot:expo"]),
    "a bar in quotes": ('"hot|expo", fair', ["hot|expo", "fair"]),
    "a known name with a bar": ("A|B, hot", ["A|B", "hot"]),
    "a known name with #": ("#vip", ["#vip"]),
    "brackets that are no JSON": ("[hot]", ["[hot]"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_names_in_a_cell(name):
    text, names = LISTS[name]
    assert split_names(text, {"A|B", "#vip"}.__contains__) == names


@pytest.mark.parametrize("cell", ["hot|cold", '["hot", "cold"]', "#hot #cold", "hot ::: cold", "hot\ncold"])
def test_tags_of_other_programs(cell):
    assert added({"last_name": "Pop", "tags": cell}).values["tags"] == [HOT, COLD]


PROPOSED = {
    "lists with semicolons": (["Solar;Wind", "Solar", "Wind;Hydro;Solar", "Hydro"], Type.CHOICES),
    "lists with bars": (["hot|expo", "hot", "expo"], Type.CHOICES),
    "lists in JSON": (['["hot","expo"]', '["hot"]'], Type.CHOICES),
    "values with commas": (["Cluj, Romania", "Iași, Romania"], Type.CHOICE),
    "single values": (["Solar", "Wind"], Type.CHOICE),
    "times with an offset": (["2025-07-01T10:00:00+03:00", "2025-07-02T10:00:00Z"], Type.MOMENT),
}


@pytest.mark.parametrize("name", PROPOSED)
def test_the_type_of_a_new_field(name):
    texts, type_of_field = PROPOSED[name]
    assert propose_field_type(Counter(texts * 3), {"s"}, many=False)["type"] == type_of_field


def test_a_text_whose_tags_never_end_stays_as_it_is():
    """It isn't HTML that a program has kept."""
    assert not is_html("<p>Called</p>" + "<a " * 30_000)
    assert is_html("<p>Called</p>" + "1 < 2 " * 50)


def test_the_group_of_everyone_in_google_contacts_is_a_tag_only_where_one_is_called_so():
    text = "Fair ::: * myContacts"
    assert split_names(text, lambda name: False) == ["Fair"]
    assert split_names("* myContacts", lambda name: False) == []
    assert split_names(text, "* myContacts".__eq__) == ["Fair", "* myContacts"]
