"""Mailings with many recipients for the hard tests, a mail server that counts, and the process that sends."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from urllib.parse import quote

from aiosmtpd.controller import Controller
from django.db import connection

from crm.platform.configuration.environment import ROOT
from crm.records.history.verb_execution import operation
from mailings.models import Mailing
from tests.ports import get_free_port


class Counting:
    """How many emails to each address it has accepted."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope) -> str:
        self.accepted[envelope.rcpt_tos[0]] += 1
        return "250 OK"


@contextmanager
def a_counting_server():
    counting, port = Counting(), get_free_port()
    controller = Controller(counting, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield counting.accepted, port
    finally:
        controller.stop()


def a_mailing(by, department, leads: list[int]) -> Mailing:
    """It is being sent, and all of these leads wait for it, each with an address."""
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_lead SET email = 'a' || id || '@d' || id %% 50 || '.example' WHERE id = ANY(%s)",
            [leads],
        )
        mailing = Mailing.objects.create(
            subject="Price list",
            text="Hello",
            by=by,
            department=department,
            state="sending",
            sent_at="2026-01-01T00:00Z",
        )
        cursor.execute(
            """INSERT INTO mailings_delivery (mailing_id, of, record, address, email_key)
               SELECT %s, 'lead', id, email, email_key FROM leads_lead WHERE id = ANY(%s)""",
            [mailing.pk, leads],
        )
    return mailing


def started(mailing: Mailing, port: int, at_once: int) -> subprocess.Popen:
    """The process, on the database of the test."""
    place = connection.settings_dict
    url = f"postgres://{place['USER']}@{quote(place['HOST'], safe='')}/{place['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hard.at_size.mailing_process", str(mailing.pk), str(at_once)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "DJANGO_SETTINGS_MODULE": "crm.settings",
        },
        stdout=subprocess.PIPE,
    )
