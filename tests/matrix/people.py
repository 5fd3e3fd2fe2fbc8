"""What the people of the matrix have: accounts, tokens, webhooks, absences, roles and shared views."""

import json
from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Absence, Department, Identity, IdentityProvider, Inspection, Role, Session, User
from accounts.models.calendar_feed import renew_feed_secret
from accounts.second_factor.secret_encryption import encrypt_secret
from assistants.models import AssistantProgram
from crm.models import SavedView, Token
from crm.records.history.verb_execution import operation
from crm.records.models.saved_view import SavedViewUse
from customers.models import ConsentPurpose
from intake.models import IncomingCall, IncomingWebhook
from leads.models import Status
from mailboxes.models import Mailbox, Message
from mailings.content.signed_tokens import CLICK, OPEN, UNSUBSCRIBE, VIEW, build_token
from mailings.models import (
    Delivery,
    Mailing,
    MailingFile,
    MailingLink,
    MailingList,
    MailingTemplate,
    Suppression,
)
from privacy.models import RetentionRule
from reports.goals.goal_month import get_current_month
from reports.models import Dashboard, DashboardPart, Goal, Report, ReportSchedule
from reports.schedules.schedule import set_next_time
from sequences.outgoing.opt_out_link import SIGNER
from tests.crm.work.activities.attaching import place_of
from tests.matrix.records import MARKER, VIEWS, Records


class People(Records):
    def _mailbox(self) -> Mailbox:
        servers = {"imap_host": "127.0.0.1", "imap_port": 9, "smtp_host": "127.0.0.1"}
        values = {"name": "Mailqq", "address": "sales@ours.example", "department": self.sales}
        return Mailbox.objects.create(**values, **servers)

    def _own_email(self, thing: str, word: str, user: User, person: str) -> None:
        """An email in the user's own mailbox."""
        address = f"mail{user.pk}@own.example"
        account = {"name": word, "address": address, "imap_host": "127.0.0.1", "imap_port": 9}
        box, _made = Mailbox.objects.get_or_create(owner=user, defaults=account)
        values = {
            "folder": "INBOX",
            "uid_validity": 1,
            "uid": box.messages.count() + 1,
            "outcome": "timeline",
        }
        email = Message.objects.create(mailbox=box, subject=word, thread=f"{word} thread", **values)
        self.things["own email", thing, person] = email.pk

    def _report(self, thing: str, word: str, user: User, person: str) -> None:
        report = Report.objects.create(owner=user, name=f"{word}qq", query=f"measure=leads&q={word}")
        self.things["report", thing, person] = report.pk
        schedule = ReportSchedule(user=user, report=report, title=report.name)
        set_next_time(schedule, user)
        schedule.save()
        self.things["schedule", thing, person] = schedule.pk
        self._dashboard(Dashboard.objects.create(owner=user, name=f"{word}qq"), thing, person)

    def _dashboard(self, dashboard: Dashboard, thing: str, person: str = "") -> None:
        part = DashboardPart.objects.create(dashboard=dashboard, shipped="sources")
        self.things["dashboard", thing, person] = dashboard.pk
        self.things["dashboard part", thing, person] = (dashboard.pk, part.pk)

    def _goal(self, thing: str, user: User, person: str) -> None:
        with operation("test", by=None):
            values = {"user": user, "month": get_current_month().first, "measure": "won"}
            goal, _made = Goal.objects.get_or_create(**values, defaults={"target": 3})
        self.things["goal", thing, person] = goal.pk

    def _of_mailings(self) -> dict[str, MailingTemplate | MailingList]:
        with operation("test", by=None):
            template = MailingTemplate.objects.create(name="Autumnqq", subject="Newsqq", text="Helloqq")
            return {"mailing template": template, "mailing list": MailingList.objects.create(name="Offersqq")}

    def _of_privacy(self, status: Status) -> dict[str, ConsentPurpose | RetentionRule]:
        with operation("test", by=None):
            purpose = ConsentPurpose.objects.create(name="Newsqq")
            return {"consent purpose": purpose, "retention rule": RetentionRule.objects.create(status=status)}

    def _sent_mailing(self) -> None:
        """One that was sent and records clicks and opens, with the tokens of its links."""
        by = self.people["administrator"]
        tracked = {"tracks_clicks": True, "tracks_opens": True}
        with operation("test", by=None):
            mailing = Mailing.objects.create(
                subject="somesent", text="somesent", state="sent", by=by, ids=[], **tracked
            )
        sent = Delivery.objects.create(mailing=mailing, record=1, address="a@some.example", state="sent")
        self.names["mailing_link"] = MailingLink.objects.create(
            mailing=mailing, url="https://some.example"
        ).pk
        tokens = {
            f"{purpose}_token": build_token(sent, purpose) for purpose in (VIEW, UNSUBSCRIBE, CLICK, OPEN)
        }
        # Of an email that is gone, so that the page shows the address of no one.
        tokens["sequence_token"] = SIGNER.sign(f"{10**15}-{'0' * 64}")
        self.names |= tokens  # type: ignore[arg-type]

    def _files_of_mailings(self) -> None:
        self._sent_mailing()
        for thing in ("own", "foreign"):
            mailing = self.things["mailing", thing, ""]
            word = MARKER if thing == "foreign" else "someown"
            values = {"name": f"{word} text", "size": len(word), "content_type": "text/plain"}
            path = place_of(f"attached/mailing{mailing}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(word)
            with operation("test", by=None):
                file = MailingFile.objects.create(mailing_id=mailing, file=f"attached/{path.name}", **values)
            self.things["mailing file", thing, ""] = (mailing, file.pk)

    def _suppression(self) -> Suppression:
        with operation("test", by=None):
            return Suppression.objects.create(address="sup@qq.example", email_key="sup@qq.example")

    def _of_people(self) -> None:
        for person, user in self.people.items():
            self._put("user", "self", user, person)
            self._absence("self", user, person)
            self._session("self", user, f"some{person}", person)
            self._identity("self", user, person)
            self._put("own session", "own", self._session("own", user, f"some{person}"), person)
            self._put("token", "self", self._token(user, f"some{person}"), person)
            self._put("assistant", "self", self._token(user, f"some{person}", "assistant"), person)
            self._put("own assistant", "own", self._token(user, f"some{person}", "assistant"), person)
            self._put("webhook of people", "self", self._webhook(user, f"some{person}"), person)
        others = {
            "colleague": self.colleague,
            "stronger": self.second_administrator,
            "foreign": self.foreigner,
        }
        for thing, user in others.items():
            self._put("user", thing, user)
            self._absence(thing, user)
            word = MARKER if thing == "foreign" else f"some{thing}"
            session = self._session(thing, user, word)
            self._identity(thing, user)
            self._put("own session", "colleagues" if thing == "colleague" else thing, session)
            self._put("token", thing, self._token(user, word))
            self._put("assistant", thing, self._token(user, word, "assistant"))
            if thing != "stronger":
                own = "colleagues" if thing == "colleague" else thing
                self._put("own assistant", own, self._token(user, word, "assistant"))
            self._put("webhook of people", thing, self._webhook(user, word))
        Inspection.objects.create(by=self.people["administrator"], user=self.colleague)
        self.names["calendar_secret"] = renew_feed_secret(self.colleague)
        uris = ["https://someprogram.example/back"]
        program = AssistantProgram.objects.create(name="someprogram", redirect_uris=uris)
        self.names["program"] = program.public_id
        plain = Role.objects.create(name="Plain")
        plain.permissions.set(Permission.objects.filter(codename__in=["see_own", "view_lead"]))
        self._put("role", "plain", plain)
        for key in ("company", "administrator"):
            self._put("role", key, Role.objects.get(key=key))
        self.names |= {"role": plain.pk, "colleague": self.colleague.pk}
        for kind, table in VIEWS:
            shared = SavedView.objects.create(
                table=table, owner=self.colleague, name="some shared view", department=self.sales
            )
            self._put(kind, "shared", shared)
        mine = {"name": "sharedqq", "owner": self.colleague, "query": "measure=leads"}
        self._put("report", "shared", Report.objects.create(department=self.sales, **mine))
        mine = {"name": "sharedqq", "owner": self.colleague}
        self._dashboard(Dashboard.objects.create(department=self.sales, **mine), "shared")
        SavedView.objects.create(
            table="lead", owner=self.foreigner, name=f"{MARKER} shared view", department=self.export
        )
        # Of people in both departments; who used it is told to those who may see them.
        for person in (self.colleague, self.foreigner):
            everyones = SavedView.objects.create(
                table="lead", owner=self.colleague, name="roleqq", role=person.groups.get()
            )
            SavedViewUse.objects.create(view=everyones, user=person, used_on=timezone.localdate())

    def _absence(self, thing: str, user: User, person: str = "") -> None:
        row = Absence.objects.create(user=user, first=date(2040, 1, 1), last=date(2040, 1, 2))
        self.things["absence", thing, person] = (user.pk, row.pk)

    def _session(self, thing: str, user: User, word: str, person: str = "") -> Session:
        """A browser in which the user is signed in."""
        now = timezone.now()
        values = {"expire_date": now + timedelta(days=1), "used_at": now, "signed_in_at": now}
        number = Session.objects.count()
        row = Session.objects.create(session_key=f"{word} {number}", user=user, browser=word, **values)
        self.things["session", thing, person] = (user.pk, row.pk)
        return row

    def _incoming(self, thing: str, department: Department, word: str) -> None:
        """An incoming webhook with a call in its log."""
        with operation("test", by=None):
            row = IncomingWebhook.objects.create(name=f"{word}qq", public_id=word, department=department)
        made = IncomingCall.objects.create(webhook=row, body=json.dumps({"nameqq": f"{word}qq"}))
        self._put("incoming", thing, row)
        self.things["incoming call", thing, ""] = (row.pk, made.pk)

    def _identity(self, thing: str, user: User, person: str = "") -> None:
        row = Identity.objects.create(provider=self.provider, subject=f"of {user.pk}", user=user)
        self.things["identity", thing, person] = (user.pk, row.pk)

    def _provider(self) -> IdentityProvider:
        """One that is never asked: it isn't on this machine."""
        return IdentityProvider.objects.create(
            name="Acmeqq",
            issuer="https://accounts.invalid",
            client_id="leadwell",
            secret=encrypt_secret("secret"),
            domains="acmeqq.example",
            default_department=self.sales,
            document={"authorization_endpoint": "https://accounts.invalid/authorize"},
            read_at=timezone.now(),
        )

    @staticmethod
    def _token(user: User, word: str, purpose: str = "api") -> Token:
        token = Token(user=user, name=f"{word} name", rights=["leads.get"], addresses=[], purpose=purpose)
        token.set_new_secret()
        token.save()
        return token
