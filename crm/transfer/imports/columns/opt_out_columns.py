"""Columns that say who doesn't want emails, such as "Email Opt Out". Imports of records don't read them: whoever has opted out
gets no mailing, whatever record has the address, so such addresses belong on the suppression list (mailings/)."""

from collections.abc import Callable

from crm.models import Import
from crm.platform.excel.parsing.yes_no import parse_yes_or_no
from crm.platform.text.text_folding import fold_text, normalize_heading

HEADINGS = {
    *("bounced or unsubscribed", "dezabonat", "dezabonata", "do not email", "do not mail", "do not market", "email opt out"),
    *("e mail opt out", "email optout", "emailoptout", "email unsubscribed", "globally unsubscribed", "has opted out of email"),
    *("hasoptedoutofemail", "marketing opt out", "marketing emails opt out", "newsletter opt out", "no emails", "nu dori emailuri"),
    *("opt out", "opt outs", "optout", "opted out", "opted out of email", "unsubscribe", "unsubscribed"),
    *("unsubscribed from all email", "unsubscribed from all emails", "unsubscribed from emails"),
}  # fmt: skip
# What such a cell says if the person has not opted out, besides an empty one and "no" in many languages.
STAYS = {"", "none", "null", "n/a", "subscribed", "active", "opted in", "opt in", "abonat", "abonata"}
# Each says what to do with the opt-outs in these columns, as a sentence, with a link if there is one.
WORDS: list[Callable[[Import, str], str]] = []


def is_opt_out(heading: str) -> bool:
    return normalize_heading(heading) in HEADINGS


def has_opted_out(text: str) -> bool:
    """Whether a cell of such a column says so: yes, a date, or any other text than those for no."""
    said = fold_text(text.strip())
    return said not in STAYS and parse_yes_or_no(said) is not False


def describe_opt_outs(imported: Import) -> list[str]:
    """The sentences about the first such column that isn't imported."""
    columns = enumerate(imported.columns)
    found = [
        column["heading"]
        for place, column in columns
        if column["filled"] and not imported.mapping[place] and is_opt_out(column["heading"])
    ]
    return [words(imported, found[0]) for words in WORDS] if found else []
