"""Messages go to standard error, so standard output has nothing but data."""

import os
import sys
import unicodedata
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from leadwell.failures import Exit, Failure

# Wide enough that nothing is cut where the output isn't read on a screen.
UNLIMITED = 100_000


def build_console(*, errors: bool = False) -> Console:
    """Colors only on a terminal, and not with NO_COLOR; what is piped isn't cut at the width of a screen."""
    stream = sys.stderr if errors else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else UNLIMITED
    return Console(file=stream, width=width, highlight=False, soft_wrap=errors)


def clean_text(value: Any) -> str:
    """A text from Leadwell on one line, without characters that control a terminal."""
    return "".join(
        " " if letter in "\n\r\t" else letter
        for letter in str(value)
        if letter in "\n\r\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )


def say(sentence: str) -> None:
    build_console(errors=True).print(Text(clean_text(sentence)))


def say_failure(failure: Failure) -> None:
    console = build_console(errors=True)
    console.print(Text.assemble(("Error: ", "bold red"), clean_text(failure.sentence)))
    for line in failure.details:
        console.print(Text(f"  {clean_text(line)}"))


def ask(question: str, *, yes: bool) -> None:
    """Go on if the user says yes. Raises Failure if they don't, or can't be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "Nothing was changed. Add --yes to do this without a question.")
    if not typer.confirm(clean_text(question), err=True):
        raise Failure(Exit.REFUSED, "Nothing was changed.")


def count_words(number: int, one: str, many: str) -> str:
    """Such as 1 lead, or 1,250 leads."""
    return f"{number:,} {one if number == 1 else many}"


def build_progress(*, counted: bool) -> Progress:
    """A bar on standard error, with a length if the total is known. Without a terminal there is none."""
    console = build_console(errors=True)
    length = [BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()] if counted else []
    columns = [SpinnerColumn(), TextColumn("{task.description}"), *length]
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
