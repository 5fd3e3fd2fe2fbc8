"""Cells with rows of small tables: which names mean which row, which rows are offered, and which are retired."""

from types import SimpleNamespace

import pytest

from crm.fields.widgets import lookup_widgets
from crm.fields.widgets.lookup_widgets import (
    ChoiceCell,
    CountryCell,
    LabelCell,
    RecordNumber,
    RelatedCell,
    TagsCell,
    Version,
    get_labels_in_every_language,
    quote_name_with_separator,
)
from crm.fields.widgets.value_widgets import RetiredName, UnknownName
from crm.models import Tag
from crm.records.history.verb_execution import operation
from leads.models import Lead

pytestmark = pytest.mark.django_db


class Row(SimpleNamespace):
    """A row of a small table."""


OPEN, WON, LOST, OLD = (
    Row(pk=1, name="Open", label="Open", retired=False, next=[2, 4]),
    Row(pk=2, name="Won", label="Client", retired=False, next=[]),
    Row(pk=3, name="Lost", label="Lost", retired=False, next=[1]),
    Row(pk=4, name="Old", label="Old", retired=True, next=[]),
)


@pytest.fixture
def related(monkeypatch):
    monkeypatch.setattr(lookup_widgets, "get_rows_for_field", lambda field: [OPEN, WON, LOST, OLD])
    cell = RelatedCell(Lead._meta.get_field("status"), lambda: lambda row: row.label, lambda row: row.next)
    cell.prepare(None)
    cell._retired = {4}
    return cell


# A text, and the row that it means.
MEANT = {
    "a label": ("Client", 2),
    "the name as stored": ("won", 2),
    "in other letters": ("CLIÉNT", 2),
    "a retired one": ("Old", RetiredName),
    "an unknown one": ("Sold", UnknownName),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("text", "meant"), MEANT.values(), ids=MEANT)
def test_which_row_a_text_means(text, meant, related):
    if isinstance(meant, type):
        with pytest.raises(UnknownName) as error:
            related.clean(text)
        assert type(error.value) is meant
        assert related.find_retired(text) == (4 if meant is RetiredName else None)
        return
    assert related.clean(text) == meant
    assert related.find_retired(text) is None


def test_retired_rows_are_written_but_not_offered(related):
    assert related.choices == ("Open", "Client", "Lost")
    assert [related.get_label(pk) for pk in (4, None, 9)] == ["Old", "", ""]


def test_a_row_offers_itself_and_those_that_may_follow_it(related):
    """Unless these are retired. Rows that all others may follow have no list of their own."""
    assert related.other_choices == (("Open", "Client"), ("Open", "Lost"))
    assert related.number_of_choices == {1: 1, 3: 2}


def test_a_retired_row_is_among_its_own_choices(monkeypatch):
    row = Row(pk=4, name="Old", label="Old", retired=True, next=[1])
    monkeypatch.setattr(lookup_widgets, "get_rows_for_field", lambda field: [OPEN, row])
    cell = RelatedCell(Lead._meta.get_field("status"), lambda: lambda row: row.label, lambda row: row.next)
    cell.prepare(None)
    assert cell.other_choices == (("Open",), ("Open", "Old"))


def test_a_row_of_a_table_without_retired_rows_is_offered(monkeypatch):
    monkeypatch.setattr(lookup_widgets, "get_rows_for_field", lambda field: [Row(pk=1, name="Alfa")])
    cell = RelatedCell(Lead._meta.get_field("status"), lambda: lambda row: row.name)
    cell.prepare(None)
    assert (cell.choices, cell.clean("alfa")) == (("Alfa",), 1)


def test_retired_rows_are_read_from_the_table(statuses):
    with operation("test", by=None):
        type(statuses.won).objects.filter(pk=statuses.won.pk).update(retired=True)
    cell = RelatedCell(Lead._meta.get_field("status"))
    cell.prepare(None)
    assert cell.retired_values == {statuses.won.pk}
    with pytest.raises(RetiredName):
        cell.clean(statuses.won.label)


def test_names_in_every_language():
    assert [*get_labels_in_every_language(Row(name="Alfa"))] == ["Alfa"]
    assert {*get_labels_in_every_language(OPEN)} == {"Open"}
    assert {*get_labels_in_every_language(WON)} == {"Won", "Client"}


def test_the_first_current_one_of_several_with_a_name():
    cell = LabelCell()
    cell.prepare(None)
    for pk in (1, 2, 3):
        cell.add_label(pk, "Alfa", [], offered=pk > 1)
    assert (cell.clean("alfa"), cell.choices, cell.has_label("ALFA"), cell.has_label("Alf")) == (
        1,
        ("Alfa", "Alfa"),
        True,
        False,
    )


NUMBERS = {
    "as on the screens": ("#7", 7),
    "bare": ("7", 7),
    "a cell that is a number": (7.0, 7),
    "as a program writes a number": ("7.0", 7),
    "nothing": ("", None),
    "a decimal": ("7.5", ValueError),
    "a text": ("seven", ValueError),
    "eighteen digits": ("9" * 18, int("9" * 18)),
    "nineteen digits": ("9" * 19, ValueError),
}


@pytest.mark.parametrize(("cell", "number"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_of_a_record(cell, number):
    if number is ValueError:
        with pytest.raises(ValueError, match="This isn’t an ID"):
            RecordNumber().clean(cell)
        return
    assert RecordNumber().clean(cell) == number


@pytest.mark.parametrize(("cell", "version"), [("", None), ("3", 3), (3, 3), ("9" * 9, int("9" * 9))])
def test_a_version(cell, version):
    assert Version().clean(cell) == version


@pytest.mark.parametrize("cell", ["x", "-1", "1.5", "9" * 10])
def test_what_is_no_version(cell):
    with pytest.raises(ValueError, match="was edited"):
        Version().clean(cell)


def test_tags():
    with operation("test", by=None):
        hot, fair, _old = (
            Tag.objects.create(name=name, retired=name == "old").pk for name in ("hot", 'fair, "big"', "old")
        )
    cell = TagsCell()
    cell.prepare(None)
    text = cell.get_label([hot, fair])
    assert text == '"fair, ""big""", hot'
    assert cell.clean(text) == sorted([hot, fair])
    assert cell.clean(" hot ; HOT\nhot") == [hot]
    assert (cell.clean(""), cell.get_label([]), cell.get_label([9])) == ([], "", "")
    assert cell.choices == ()
    with pytest.raises(RetiredName):
        cell.clean("hot, old")


# A cell, and the names in it.
NAMES = {
    "one": ("hot", ["hot"]),
    "several": ("hot, fair", ["hot", "fair"]),
    "all separators": ("hot;fair\nold", ["hot", "fair", "old"]),
    "spaces around and inside": ("  very  hot ,fair ", ["very  hot", "fair"]),
    "nothing between two commas": ("hot,,fair", ["hot", "fair"]),
    "a space between two commas": ("hot, ,fair", ["hot", "fair"]),
    "a comma at the end": ("hot, ", ["hot"]),
    "empty quotes": ('"", hot', ["hot"]),
    "a space in quotes": ('" ", hot', ["hot"]),
    "a comma in quotes": ('"a, b" , hot', ["a, b", "hot"]),
    "quotes in quotes": ('"a ""b"""', ['a "b"']),
    "nothing": ("", []),
    "spaces": ("  ", []),
}


@pytest.mark.parametrize(("text", "names"), NAMES.values(), ids=NAMES)
def test_the_names_in_a_cell_of_tags(text, names):
    assert TagsCell.parse_names(text) == names


QUOTED = {"hot": "hot", "a, b": '"a, b"', "a;b": '"a;b"', 'a"b': '"a""b"', "a\nb": '"a\nb"'}


@pytest.mark.parametrize(("name", "written"), QUOTED.items(), ids=QUOTED)
def test_a_name_with_a_separator_is_quoted(name, written):
    assert quote_name_with_separator(name) == written
    assert TagsCell.parse_names(written) == [name]


COUNTRIES = {
    "a name": ("Germany", "DE"),
    "in other letters": ("GERMANY", "DE"),
    "a code": ("de", "DE"),
    "a code of three letters": ("DEU", "DE"),
    "a name in another language": ("Deutschland", "DE"),
    "nothing": ("", ""),
    "no country": ("Atlantis", UnknownName),
}


@pytest.mark.parametrize(("text", "code"), COUNTRIES.values(), ids=COUNTRIES)
def test_a_country(text, code):
    cell = CountryCell()
    cell.prepare(None)
    if code is UnknownName:
        with pytest.raises(UnknownName):
            cell.clean(text)
        return
    assert cell.clean(text) == code


def test_a_choice_of_the_model():
    cell = ChoiceCell(SimpleNamespace(flatchoices=[("", "none"), ("ro", "Romanian"), ("de", "German")]))
    cell.prepare(None)
    assert [cell.clean(text) for text in ("ro", "ROMANIAN", "German", "")] == ["ro", "ro", "de", ""]
    assert cell.choices == ("Romanian", "German")
    for text in ("none", "Latin"):
        with pytest.raises(UnknownName):
            cell.clean(text)
