"""A test that a page doesn't have a word uses more than three letters or digits: the random keys in pages have any three."""

import re

from tests.house.tests.test_waiting import FILES

# A whole page, as tests read it; parts of pages have no keys.
ABSENT = re.compile(
    r"""assert f?["'][A-Za-z0-9]{1,3}["'] not in .*(\.text|\bpage|\bhtml|\.content\.decode\(\))$"""
)


def find_short_words(text: str) -> list[int]:
    """The lines of such assertions."""
    return [number for number, line in enumerate(text.splitlines(), 1) if ABSENT.search(line.strip())]


def test_short_words_are_found():
    lines = [
        'assert "' + '333" not in page.text',
        'assert "3,333" not in page.text',
        'assert "333" not in cells',
    ]
    assert find_short_words("\n".join(lines)) == [1]


def test_no_test_looks_for_the_absence_of_a_short_word_in_a_page():
    found = [f"{name}:{line}" for name, path in FILES.items() for line in find_short_words(path.read_text())]
    assert found == []
