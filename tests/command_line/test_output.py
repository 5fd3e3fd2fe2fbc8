"""What is written: tables that fit, colors only on a terminal, nothing that controls one, and data alone on standard output."""

import io
import re
import sys

import pytest
from leadwell.failures import Exit, Failure
from leadwell.kinds import KINDS, Column
from leadwell.messages import clean_text, say_failure
from leadwell.output import fit_widths, format_cell, guard, print_records, unguard
from rich.cells import cell_len

ESCAPE = "\x1b"


class Screen(io.StringIO):
    """A terminal with colors."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def draw(width: int, show, **environment: str) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        drawn = Screen()
        monkeypatch.setattr(sys, "stdout", drawn)
        monkeypatch.setattr(sys, "stderr", drawn)
        show()
        return drawn.getvalue()

    return draw


def remove_styles(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


LONG = {
    "id": 1234567,
    "first_name": "Anastasia-Alexandra",
    "last_name": "Constantinescu-Dumitrescu",
    "company": "Întreprinderea de Transporturi Internaționale SRL",
    "email": "anastasia.constantinescu@transporturi-internationale.example",
    "status": "Qualified",
    "owner": "Ștefan Dumitru",
    "source": "Website",
    "created_at": "2026-11-28T23:24:24Z",
    "name": "Yearly supply for Carpat Pharma and its daughters",
    "value": 1250000.5,
    "currency": "EUR",
    "expected_close": "2026-12-01",
    "title": "株式会社の担当者に電話をかける" * 4,
    "text": "Hello\n\nmay I ask how you handle your sales today? " * 4,
}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.many)
def test_each_table_fits_the_width_of_the_screen(screen, kind, width):
    drawn = screen(width, lambda: print_records([LONG, {"id": 7}], kind.columns), NO_COLOR="1")
    lines = remove_styles(drawn).splitlines()
    assert len(lines) == 3
    assert max(cell_len(line) for line in lines) <= width
    assert "1234567" in lines[1]


def test_what_is_piped_is_not_cut(ann_types, make_lead, ann):
    make_lead("Anastasia-Alexandra " + "Constantinescu" * 12, owner=ann)
    assert "Constantinescu" * 12 in ann_types("leads", "list").out


def test_colors_are_for_terminals_only_and_not_with_no_color(screen, capsys):
    def show():
        print_records([LONG], KINDS[0].columns)
        say_failure(Failure(Exit.REFUSED, "No.", ["email: Enter a valid email address."]))

    assert ESCAPE + "[1;31m" in screen(80, show)
    assert ESCAPE + "[31" not in screen(80, show, NO_COLOR="1")
    assert ESCAPE + "[1;31" not in screen(80, show, NO_COLOR="1")


def test_a_text_from_the_server_cannot_control_the_terminal(ann_types, make_lead, ann):
    lead = make_lead(
        "Eva Berg", owner=ann, company=f"{ESCAPE}]0;owned\x07{ESCAPE}[2JOmnia\u202e", description="a\x9bb\nc"
    )
    for words in (["leads", "list"], ["leads", "get", lead.pk], ["leads", "history", lead.pk]):
        out = ann_types(*words).out
        assert not any(letter in out for letter in (ESCAPE, "\x07", "\x9b", "\u202e"))
    assert "[bold]" not in clean_text("")
    assert (
        "[red]x[/red]" in ann_types("leads", "add", "last_name=A", "status=[red]x[/red]", code=Exit.USAGE).err
    )


@pytest.mark.parametrize(
    ("needed", "room", "widths"),
    [
        ([4, 10], 20, [4, 10]),
        ([4, 10], 12, [4, 8]),
        ([10, 10], 13, [6, 7]),
        ([30, 3, 30], 23, [10, 3, 10]),
        ([5, 5], 1, [1, 1]),
        ([], 80, []),
    ],
)
def test_the_widest_columns_lose_what_there_is_no_room_for(needed, room, widths):
    assert sorted(fit_widths(needed, room)) == sorted(widths)
    assert sum(fit_widths(needed, room)) <= max(room, len(needed))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (12.5, "12.5"),
        ([1, 2], "1, 2"),
        (["o1"], "o1"),
        ([], ""),
        ({"id": 17, "title": "Omnia"}, "17"),
        ([{"contact": 3, "role": "é"}], '{"contact": 3, "role": "é"}'),
    ],
)
def test_a_value_has_one_form_in_files(value, text):
    assert format_cell(value) == text


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("+40 721 000 111", "+40 721 000 111"),
        ("-5", "-5"),
        ("Omnia", "Omnia"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_a_text_that_excel_would_calculate_gets_a_quote_and_loses_it_again(text, guarded):
    assert guard(text) == guarded
    assert unguard(guarded) == text


def test_moments_are_shown_in_the_time_zone_of_the_computer(screen, monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Bucharest")
    time.tzset()
    try:
        drawn = screen(80, lambda: print_records([LONG], [Column("Created", ("created_at",))]))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "2026-11-29 01:24" in drawn
