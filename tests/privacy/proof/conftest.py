"""Zebulon, who came in through every door there is, and went through merges."""

import logging
from types import SimpleNamespace

import pytest

from tests.api.conftest import connect, listener, make_hook, new_lead, umbra
from tests.duplicates.conftest import make_deal
from tests.intake.webhooks.conftest import deliver, make_webhook
from tests.mailboxes.conftest import imap, imap_and_authority, make_mailbox, smtp
from tests.mailings.content.conftest import make_list
from tests.privacy.conftest import LAST
from tests.privacy.proof import doors, strangers

__all__ = ["connect", "deliver", "imap", "imap_and_authority", "listener", "make_deal", "make_hook", "make_list", "make_mailbox",
           "make_webhook", "new_lead", "smtp", "umbra"]  # fmt: skip


@pytest.fixture
def written_files(settings, tmp_path):
    """The security log and the folder of emails are beside the files, as in an installation."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT, settings.TEMPORARY = tmp_path / "files", tmp_path / "temporary"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    (tmp_path / "logs").mkdir()
    handler = logging.FileHandler(tmp_path / "logs" / "security.jsonl")
    log = logging.getLogger("leadwell.security")
    log.addHandler(handler)
    yield tmp_path
    log.removeHandler(handler)
    handler.close()


@pytest.fixture
def every_door(request, written_files, monkeypatch, many_doors, other, ann, ada, bob, sign_in, departments):
    """Like many_doors, with many more of them."""
    ask = request.getfixturevalue
    monkeypatch.setattr("mailings.sending.mailing_sending.AT_ONCE", 1)
    lead, browser = many_doors.lead, sign_in(ann)
    found = [many_doors.records]
    found.append(doors.merges(ann, ask("make_lead"), ask("make_contact"), lead))
    programs = {
        name: ask(name) for name in ("connect", "umbra", "make_hook", "listener", "new_lead", "sources")
    }
    found.append(doors.programs(ann, **programs))
    # As long as there is no mailbox, they are written to files.
    doors.letters(browser, lead, other, bob)
    doors.drafts_of_emails(browser, lead, other)
    found.append(doors.a_booking(ask("visitor"), bob))
    addressee = ask("make_lead")(f"Zebulon {LAST}", email="zq.reader@quixmail.example")
    found.append({"lead": [addressee.pk]})
    doors.a_mailing(ann, ask("make_mailbox"), departments, ask("imap"), ask("smtp"), addressee)
    left = doors.left_a_list(ask("make_list"))
    doors.between(lead, addressee, bob, ask("make_company"), ask("make_field"), ask("make_deal"))
    doors.an_automation(ann, addressee)
    doors.a_sequence(ann, addressee, other)
    doors.a_file_in_a_field(addressee, ask("make_field"), ann)
    doors.texts_of_colleagues(ann, ada, bob, other, departments)
    strangers.texts_in_their_records(browser, other, bob, departments, ask("make_company"), ask("make_field"))
    strangers.a_consent_of_someone_else()
    strangers.texts_in_settings(ann, departments, left)
    doors.an_import_that_waits(browser)
    found.append(doors.webhooks_of_others(ask("make_webhook"), ask("deliver")))
    found.append(doors.duplicates(ann, ask("make_lead"), other))
    records = {
        table: sorted({pk for each in found for pk in each.get(table, [])})
        for table in ("lead", "contact", "request")
    }
    return SimpleNamespace(records=records, lead=lead, folder=written_files)
