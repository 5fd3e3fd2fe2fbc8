"""How a whole name becomes a first and a last name."""

import pytest

from crm.fields.person_name_parts import shows_last_name_first, split_name

NAMES = {
    "first and last": ("Ana Pop", "Ana", "Pop"),
    "two first names": ("Ion Vasile Popescu", "Ion Vasile", "Popescu"),
    "a name of one word": ("Madonna", "", "Madonna"),
    "a name without spaces": ("王小明", "", "王小明"),
    "the last name first, with a comma": ("Popescu, Ion", "Ion", "Popescu"),
    "the last name first, with two first names": ("Popescu, Ion Vasile", "Ion Vasile", "Popescu"),
    "spaces around": (" Ion  Popescu ", "Ion", "Popescu"),
    "a comma without a first name": ("Pop,", "", "Pop"),
    "a comma without a last name": (", Ion", "", "Ion"),
    "a title stays with the first name": ("Dr. Ion Popescu", "Dr. Ion", "Popescu"),
    "a title behind the last name": ("Popescu, Dr. Ion", "Dr. Ion", "Popescu"),
    "a title behind a second comma": ("Popescu, Ion, Dr.", "Dr. Ion", "Popescu"),
    "a generation behind a second comma": ("Smith, John, Jr.", "John", "Smith Jr."),
    "a degree behind a second comma": ("Popescu, Ion Vasile, PhD", "Ion Vasile", "Popescu PhD"),
    "a hyphen": ("Jean-Luc Picard", "Jean-Luc", "Picard"),
    "van der": ("Anna van der Berg", "Anna", "van der Berg"),
    "de la": ("Maria de la Cruz", "Maria", "de la Cruz"),
    "von, and a generation": ("Ludwig von Mises III", "Ludwig", "von Mises III"),
    "da in small letters": ("Ana da Silva", "Ana", "da Silva"),
    "two first names and von": ("Karl Otto von Berg", "Karl Otto", "von Berg"),
    "van der with the last name first": ("van der Berg, Anna", "Anna", "van der Berg"),
    "only a last name with van der": ("van der Berg", "", "van der Berg"),
    "only a last name with De La": ("De La Cruz", "", "De La Cruz"),
    "van der in capitals": ("ANNA VAN DER BERG", "ANNA", "VAN DER BERG"),
    "De La in capitals": ("Maria De La Cruz", "Maria", "De La Cruz"),
    "Van as a given name": ("Nguyen Van Anh", "Nguyen Van", "Anh"),
    "van at the end": ("Anh van", "Anh", "van"),
    "a generation": ("John Smith Jr.", "John", "Smith Jr."),
    "a generation behind a comma": ("John Smith, Jr.", "John", "Smith Jr."),
    "a generation with the last name first": ("Smith, John Jr.", "John", "Smith Jr."),
    "a degree behind a comma": ("Ion Popescu, PhD", "Ion", "Popescu PhD"),
    "only a name and a generation": ("Smith Jr", "Smith", "Jr"),
    "nothing": ("", "", ""),
}


# Whole names in a file where the last name comes first.
TURNED = {
    "last and first": ("Popescu Ion", "Ion", "Popescu"),
    "two first names": ("Popescu Ion Vasile", "Ion Vasile", "Popescu"),
    "the last name in capitals": ("POPESCU Ion", "Ion", "POPESCU"),
    "two last names in capitals": ("POPESCU IONESCU Ana Maria", "Ana Maria", "POPESCU IONESCU"),
    "all in capitals": ("POPESCU ION VASILE", "ION VASILE", "POPESCU"),
    "an initial of the father": ("POPESCU A. Ion", "A. Ion", "POPESCU"),
    "van der": ("van der Berg Anna", "Anna", "van der Berg"),
    "De La in capitals": ("DE LA CRUZ MARIA", "MARIA", "DE LA CRUZ"),
    "a title before": ("Dr. Popescu Ion", "Dr. Ion", "Popescu"),
    "a generation behind": ("Smith John Jr.", "John", "Smith Jr."),
    "a comma": ("Popescu, Ion", "Ion", "Popescu"),
    "one word": ("Madonna", "", "Madonna"),
    "only a particle and a name": ("de Vries", "Vries", "de"),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize(("whole", "first", "last"), TURNED.values(), ids=TURNED)
def test_how_a_name_is_split_whose_last_name_comes_first(whole, first, last):
    assert split_name(whole, last_first=True) == (first, last)
    assert sorted(f"{first} {last}".split()) == sorted(whole.replace(",", " ").split())


# What the capitals of the names of a column show: True for the last name first.
CAPITALS: dict[str, tuple[tuple[str, ...], bool | None]] = {
    "last names in capitals come first": (("POPESCU Ion", "RUS Dan"), True),
    "last names in capitals come last": (("Ion POPESCU", "Dan RUS"), False),
    "in most of the names": (("POPESCU Ion", "RUS Dan", "Eva Nan"), True),
    "in half of the names": (("POPESCU Ion", "Eva Nan"), None),
    "in the last place of half of the names": (("Ion POPESCU", "Eva Nan"), None),
    "names of one word say nothing": (("POPESCU Ion", "Madonna", "Cher"), True),
    "names with commas say nothing": (("POPESCU Ion", "Rus, Dan", "Nan, Eva"), True),
    "all letters in capitals": (("POPESCU ION", "RUS DAN"), None),
    "an initial isn't a last name": (("A. Popescu", "D. Rus"), None),
    "a title isn't a last name": (("DR. Ion Popescu", "ING Dan Rus"), None),
    "a generation isn't a last name": (("John Smith III", "Dan Rus PHD"), None),
    "no capitals": (("Ion Popescu",), None),
    "no names": ((), None),
}


@pytest.mark.parametrize(("names", "shown"), CAPITALS.values(), ids=CAPITALS)
def test_whether_capitals_show_which_name_comes_first(names, shown):
    assert shows_last_name_first(names) is shown


@pytest.mark.parametrize("name", NAMES)
def test_how_a_whole_name_is_split(name):
    whole, first, last = NAMES[name]
    assert split_name(whole) == (first, last)


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_a_name_gets_lost(name):
    whole, first, last = NAMES[name]
    assert sorted(f"{first} {last}".split()) == sorted(whole.replace(",", " ").split())


def test_programs_read_a_name_back_as_they_sent_it():
    assert split_name("Anna van der Berg", turned=False) == ("Anna van der", "Berg")
    assert split_name("Popescu, Ion", turned=False) == ("Popescu,", "Ion")
