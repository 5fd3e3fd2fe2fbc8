"""Numbers that sentences of screens and docs promise are those of the code: who changes one changes the other."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from accounts.authentication import guess_rules
from accounts.invitations.forms import MOST as MOST_INVITED
from accounts.models.inspection import FRESH as VIEW_LASTS
from accounts.models.push import MOST_OF_A_USER as MOST_DEVICES
from accounts.models.user import INVITATION_LASTS
from accounts.single_sign_on.pending_attempts import LASTS as SIGN_ON_LASTS
from assistants.models.assistant_connection import LONGEST, RENEWAL_LASTS
from assistants.models.change_preview import LIFETIME as PREVIEW_LASTS
from assistants.sign_in import registration
from automations.models.automation import MOST_STEPS
from automations.running.automation_execution import MOST_DEPTH
from automations.running.run_log import LOGGED_UNMET
from automations.trial.past_events import MOST as MOST_TRIED
from calendars.connections.calendar_server import MOST_EVENTS
from calendars.models.connected_calendar import EVERY as CALENDAR_EVERY
from crm.api.models.webhook import MOST_OF_A_USER as MOST_WEBHOOKS
from crm.api.webhooks.replay import MOST_REPLAYED
from crm.api.webhooks.webhook_delivery import OFF_AFTER, PAUSES
from crm.fields.models.custom_field import MOST_QUICK
from crm.platform.models.retention_periods import LONGEST as LONGEST_KEPT
from crm.platform.web.password_confirmation import LASTS as CONFIRMED
from crm.records.models.frozen_set import LIFETIME as SELECTION_LASTS
from duplicates.exact.merge_rules import MOST as MOST_GROUPS
from intake.forms.submissions.submission_processing import MOST_EMAILS
from intake.webhooks.call_splitting import MOST as MOST_RECORDS_OF_CALL
from mailboxes.models.mailbox import EVERY as MAILBOX_EVERY
from mailings.responses.bounce_handling import COUNTED_FROM
from mailings.sending.mailing_sending import AT_ONCE
from privacy.retention.nightly_run import FEWEST, MOST_A_NIGHT
from privacy.retention.rule_erasure import HOUR, HOURS
from sequences.models.sequence import MOST_STEPS as MOST_STEPS_OF_SEQUENCE

ROOT = Path(__file__).resolve().parents[3]
SCREENS = "locale/ro/LC_MESSAGES/django.po"
WORDS = dict(
    enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
)
DAY, HOUR_LONG, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CODES, KNOWN = guess_rules.CODE_RULE, guess_rules.KNOWN_BROWSER


def word(number: float) -> str:
    return WORDS[int(number)] if number == int(number) else str(number)


# The file, and the sentence as the code would have it.
PROMISES = {
    "how long an invitation works": (
        SCREENS,
        f"An invitation works for {word(INVITATION_LASTS / DAY)} days, and for another {word(INVITATION_LASTS / DAY)} when",
    ),
    "how long a link of an invitation works": (
        "docs/sign_in.md",
        f"that of an invitation for {word(INVITATION_LASTS / DAY)} days",
    ),
    "how many people are invited at once": ("docs/sign_in.md", f"takes up to {MOST_INVITED} people"),
    "how long Leadwell is shown as another user": (
        SCREENS,
        {HOUR_LONG: "The page closes after an hour."}.get(VIEW_LASTS, "another time"),
    ),
    "how long a sign-in through a provider takes": (
        SCREENS,
        f"Signing in took longer than {word(SIGN_ON_LASTS / MINUTE)} minutes.",
    ),
    "for how long the password counts": (
        "docs/sign_in.md",
        f"if it was last entered more than {CONFIRMED // MINUTE} minutes ago",
    ),
    "wrong codes": (
        "docs/security.md",
        f"| wrong codes | {CODES.free} for an account, then {CODES.first} seconds, twice as long each time, up to an hour |"
        if CODES.longest == 3_600
        else "another longest wait",
    ),
    "wrong passwords": (
        "docs/security.md",
        f"in new browsers {guess_rules.PASSWORD_RULE.free} from an address, then one a minute; in known ones {KNOWN.free} for an "
        f"account, then {KNOWN.first // 60} to {KNOWN.longest // 60} minutes",
    ),
    "webhooks and devices of a user": ("docs/security.md", f"| webhooks and devices | {MOST_WEBHOOKS} for"),
    "quick fields": ("docs/security.md", f"| quick custom fields | {MOST_QUICK} for each type"),
    "programs that register": (
        "docs/security.md",
        f"{registration.MOST_IN_AN_HOUR} an hour from each address, {registration.MOST_UNUSED:,} to which no user has agreed",
    ),
    "how long an assistant is connected": (
        SCREENS,
        f"For at most a year, or until it isn’t used for {RENEWAL_LASTS.days} days."
        if timedelta(days=365) == LONGEST
        else "another longest time",
    ),
    "how long a preview of an assistant is valid": (
        "docs/assistants.md",
        f"A code is valid for {PREVIEW_LASTS // MINUTE} minutes",
    ),
    "tries of a webhook": ("docs/webhooks.md", f"{word(len(PAUSES) + 1)} tries within about six hours"),
    "tries of a webhook on its page": (
        SCREENS,
        f"are retried {word(len(PAUSES))} times over about {word(sum(PAUSES) // 3600)} hours",
    ),
    "when a webhook is turned off": (
        SCREENS,
        {DAY: "has been turned off because every delivery failed for a day."}.get(OFF_AFTER, "another time"),
    ),
    "what is sent again": ("docs/webhooks.md", f"A replay sends {MOST_REPLAYED:,} changes at most"),
    "steps of an automation": (SCREENS, f"An automation has at most {MOST_STEPS} steps."),
    "automations in a row": ("docs/automations.md", f"up to {word(MOST_DEPTH)} in a row"),
    "changes of a trial": ("docs/automations.md", f"at most the newest {MOST_TRIED:,} changes"),
    "logged records that didn't meet the conditions": (
        "docs/automations.md",
        f"at most {LOGGED_UNMET} for each change",
    ),
    "steps of a sequence": (SCREENS, f"A sequence has at most {MOST_STEPS_OF_SEQUENCE} steps."),
    "events of a calendar": (SCREENS, f"The calendar has more than {MOST_EVENTS:,} events."),
    "how often a calendar is synced": (
        SCREENS,
        f"The calendar is synced every {word(CALENDAR_EVERY / MINUTE)} minutes.",
    ),
    "how often a mailbox is read": (
        SCREENS,
        {MINUTE: "New emails are read every minute."}.get(MAILBOX_EVERY, "another time"),
    ),
    "how long a selection is kept": (
        SCREENS,
        {DAY: "Selections are kept for one day only."}.get(SELECTION_LASTS, "another time"),
    ),
    "groups of a merge": (SCREENS, f"A merge takes {MOST_GROUPS:,} groups at most."),
    "records of an incoming call": (SCREENS, f"The call has more than {MOST_RECORDS_OF_CALL} records"),
    "emails that forms send to one mailbox": (
        "docs/security.md",
        f"{word(MOST_EMAILS)} emails a day to one mailbox",
    ),
    "when bounces count": (SCREENS, f"counted from the {COUNTED_FROM}th email on"),
    "emails that are sent twice at most": ("docs/mail.md", f"at most {word(AT_ONCE)} emails are sent twice"),
    "leads of a retention rule in a night": ("docs/privacy.md", f"at most {MOST_A_NIGHT:,} leads of a rule"),
    "rules that wait": ("docs/privacy.md", f"more than a tenth of all leads (and more than {FEWEST})"),
    "the night of retention rules": ("docs/privacy.md", f"Every night after {HOUR} a.m."),
    "the end of that night": ("docs/privacy.md", f"until {HOUR + HOURS} a.m."),
    "how long logs are kept": ("docs/privacy.md", f"from 1 to {LONGEST_KEPT}"),
    "how long a link to set a password works": (
        "docs/sign_in.md",
        {86_400: "once, for a day"}.get(settings.PASSWORD_RESET_TIMEOUT, "another time"),
    ),
}


@cache
def read_words(name: str) -> str:
    """A page, or all texts of screens, with single spaces."""
    return " ".join((ROOT / name).read_text().split())


@pytest.mark.parametrize(("name", "sentence"), PROMISES.values(), ids=PROMISES)
def test_a_number_that_a_sentence_promises_is_that_of_the_code(name, sentence):
    assert sentence in read_words(name)


def test_webhooks_and_devices_share_one_number():
    assert MOST_WEBHOOKS == MOST_DEVICES
