"""The records of the matrix: leads, companies, their notes, files and tasks, with a word in each of their texts."""

from collections.abc import Sequence as Sequenced
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Passkey, PushDevice, Role, User
from automations.models import Automation
from bookings.booking_links import build_booking_path
from bookings.models import Booking, BookingPage
from crm.models import (
    Activity,
    AttachedFile,
    CustomField,
    Notification,
    Operation,
    Task,
    Template,
    Webhook,
)
from crm.platform.files.kept_file import KeptFile
from crm.records.history.verb_execution import operation
from customers.models import (
    Company,
    CompanyValues,
    Contact,
    ContactValues,
    Deal,
    DealContact,
    DealValues,
    Employment,
    Request,
    RequestValues,
)
from intake.forms.questions import FormQuestion
from intake.forms.submissions.confirmation_email import build_confirmation_token
from intake.models import StopWord, Submission, WebForm
from leads.models import AssignmentRule, AssignmentRun, Lead, LeadValues, RuleAssignment, ScoreRule
from mailings.models import Mailing
from sequences.models import ComingStep, Enrollment, Sequence, SequenceStep
from tests.crm.work.activities.attaching import place_of

MARKER = "zzforeign"
# The things that saved views of each table are.
VIEWS = [("view", "lead"), *((f"{table} view", table) for table in ("company", "contact", "deal", "request"))]
# Set by the database itself.
DERIVED = {"name_key", "company_key", "email_key", "second_email_key", "title_key", "city_key", "state_key"}


class Records:
    """`custom` are fields for everyone by record type, `files` the same with files, `secrets` those for administrators."""

    things: dict[tuple[str, str, str], int | tuple[int, ...]]
    custom: dict[str, CustomField]
    files: dict[str, CustomField]
    secrets: dict[str, CustomField]
    statuses: dict[str, Any]
    sales: Any
    source: Any
    export: Any
    names: dict[str, Any]
    colleague: Any
    foreigner: Any

    def _secret(self, table: str) -> CustomField:
        """A field only for administrators with the marker in every record, and a formula that repeats it."""
        make = CustomField.objects.create
        secret = make(table_of=table, name="b-qq", roles=[Role.objects.get(key="administrator").pk])
        make(table_of=table, name="d-qq", type="formula", formula=f"concat({{{secret.key}}}, 1)")
        return secret

    def _values(self, table: str, word: str) -> dict[str, Any]:
        kept = KeptFile(
            f"{word}.png", len(word), "image/png", "", f"attached/{table}-{word}", has_thumbnail=True
        )
        for path in (place_of(kept.file), place_of(kept.thumbnail)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(word)
        return {
            self.custom[table].key: f"{word} text",
            self.files[table].key: asdict(kept),
            self.secrets[table].key: f"{MARKER}secret",
        }

    def make_rule(self) -> AssignmentRule:
        """Within an operation. It is turned on, because without rules no leads can be assigned by rules."""
        ways = AssignmentRule.Way.values
        return AssignmentRule.objects.create(name="Shareqq", ways=ways, department=self.sales)

    def make_score_rule(self) -> ScoreRule:
        """Within an operation."""
        return ScoreRule.objects.create(name="Warmqq", points=10, conditions="country=CZ")

    def make_automation(self) -> Automation:
        """Within an operation. It acts with the permissions of a rep, so everyone who may set up automations may change it."""
        steps = [{"action": "add_note", "values": {"text": "Helloqq"}}]
        return Automation.objects.create(name="Welcomeqq", table_of="lead", owner=self.colleague, steps=steps)

    def make_sequence(self, table: str) -> Sequence:
        """Within an operation. Turned on, with an email and a call."""
        letter = Template.objects.create(name="Letterqq", type="email", subject="Subjectqq", text="Textqq")
        steps = [
            SequenceStep("first", SequenceStep.Kind.EMAIL, 1, template=letter.pk),
            SequenceStep("second", SequenceStep.Kind.CALL, 2, title="Callqq"),
        ]
        return Sequence.objects.create(
            name=f"Cadence{table}qq",
            table_of=table,
            turned_on=True,
            steps=[step.as_json for step in steps],
        )

    def put_into_sequences(self, tables: Sequenced[str]) -> None:
        """Each record that is one of the things. The addresses are others than those of the records, which several have."""
        with operation("test", by=None):
            Enrollment.objects.bulk_create(
                Enrollment(
                    sequence_id=self.names[f"{table}_sequence"],
                    table_of=table,
                    record=pk,
                    email_key=f"{table}-{pk}@example.com",
                    author=self.colleague,
                    started=0,
                )
                for (table, _thing, _person), pk in self.things.items()
                if table in tables
            )
        ComingStep.objects.update(key="first")
        enrolled = {one.record: one.pk for one in Enrollment.objects.of_type("lead")}
        self.things |= {
            ("lead enrollment", thing, person): enrolled[pk]
            for (table, thing, person), pk in self.things.items()
            if table == "lead"
        }

    def make_run(self, record: Operation, lead: Lead) -> AssignmentRun:
        """As if a rule had given the lead to its owner in this operation."""
        rule, owner = AssignmentRule.objects.latest("pk").pk, lead.owner_id
        RuleAssignment.objects.create(lead=lead.pk, operation=record.pk, rule=rule, owner=owner)
        counts = [[rule, owner, 1]]
        return AssignmentRun.objects.create(operation=record, way="api", leads=1, assigned=1, counts=counts)

    def make_lead(self, word: str, **values) -> Lead:
        """A lead with `word` in every text field."""
        texts = {
            field.name: f"{word}@example.com" if "email" in field.name else f"{word} text"[: field.max_length]
            for field in Lead._meta.local_concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name
            not in {*DERIVED, "currency", "country", "language", "phone_normal", "mobile_normal"}
        }
        given = {"department": self.sales, "status": self.statuses["new"], "source": self.source, **values}
        with operation("add", table="lead", by=given.get("owner"), matched=1, changed=1):
            lead = Lead.objects.create(**texts | given)
            LeadValues.objects.create(record=lead, values=self._values("lead", word))
            return lead

    def make_company(self, word: str, **values) -> Company:
        domains = {"domain": f"{word}.example", "other_domains": f"{word}.example"}
        others = ("name", "tax_id", "website", "address", "zip", "city", "state", "description")
        texts = {"phone": f"{word}phone", **domains, **dict.fromkeys(others, f"{word} text"[:30])}
        given = {"department": self.sales, **values}
        with operation("add", table="company", by=given.get("owner"), matched=1, changed=1):
            company = Company.objects.create(**texts | given)
            CompanyValues.objects.create(record=company, values=self._values("company", word))
            return company

    def make_contact(self, word: str, **values) -> Contact:
        """At a company with the same owner and department."""
        texts = {"last_name": f"{word} text", "title": f"{word} text", "email": f"{word}@example.com"}
        given = {"department": self.sales, **values}
        with operation("add", table="contact", by=given.get("owner"), matched=1, changed=1):
            contact = Contact.objects.create(**texts | given)
            ContactValues.objects.create(record=contact, values=self._values("contact", word))
            return contact

    def make_deal(self, word: str, **values) -> Deal:
        """In the first stage."""
        texts = {"name": f"{word} text", "description": f"{word} text"}
        given = {"department": self.sales, "status": self.statuses["qualification"], **values}
        with operation("add", table="deal", by=given.get("owner"), matched=1, changed=1):
            deal = Deal.objects.create(**texts | given)
            DealValues.objects.create(record=deal, values=self._values("deal", word))
            return deal

    def make_request(self, word: str, **values) -> Request:
        names = ("subject", "text", "first_name", "last_name", "company_name")
        texts = {**dict.fromkeys(names, f"{word} text"), "email": f"{word}@example.com"}
        given = {"department": self.sales, **values}
        with operation("add", table="request", by=given.get("owner"), matched=1, changed=1):
            request = Request.objects.create(**texts | given)
            RequestValues.objects.create(record=request, values=self._values("request", word))
            return request

    def makers(self) -> list[Any]:
        """What makes a record of each kind."""
        return [self.make_lead, self.make_company, self.make_contact, self.make_deal, self.make_request]

    def _activity(self, thing: str, row: Any, word: str, by: User, person: str = "") -> None:
        """A note on a record, with an attached image."""
        with operation("add_activity", table=row.table, by=by, matched=1, changed=1):
            note = Activity.objects.create(
                of=row.table, record=row.pk, type="note", text=f"{word} note", created_by=by
            )
        self.things[f"{row.table} activity", thing, person] = (row.pk, note.pk)
        self.things[f"{row.table} note", thing, person] = note.pk
        values = {"size": len(word), "content_type": "image/png", "has_thumbnail": True}
        file = AttachedFile.objects.create(
            activity=note, name=f"{word}.png", file=f"attached/{row.table}{note.pk}", **values
        )
        for path in (place_of(file.file), place_of(file.thumbnail)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(word)
        self.things[f"{row.table} file", thing, person] = (row.pk, note.pk, file.pk)

    def _notification(self, thing: str, word: str, user: User, person: str) -> None:
        telling = {"by": word, "count": 1, "file": f"{word}.xlsx", "problem": word}
        notice = Notification.objects.create(user=user, kind="import_failed", parameters=telling)
        self.things["notification", thing, person] = notice.pk

    def _device(self, thing: str, word: str, user: User, person: str) -> None:
        """A browser in which the user turned on notifications."""
        number = PushDevice.objects.count()
        device = PushDevice.objects.create(
            user=user, name=word, endpoint=f"https://push.example.com/{word}-{number}"
        )
        self.things["device", thing, person] = device.pk

    def _passkey(self, thing: str, word: str, user: User, person: str) -> None:
        number = Passkey.objects.count()
        passkey = Passkey.objects.create(user=user, name=word, credential_id=f"{word}-{number}")
        self.things["passkey", thing, person] = passkey.pk

    def _template(self, thing: str, word: str, owner: User | None, person: str = "") -> None:
        """A template of the user, or a shared one."""
        with operation("add_template", by=owner):
            made = Template.objects.create(name=word, type="email", text=word, owner=owner)
        self.things["template", thing, person] = made.pk

    def _task(self, thing: str, row: Lead | Company | Contact, word: str, by: User, person: str = "") -> None:
        """An open task and a completed one of a record, for the user."""
        common = {"of": row.table, "record": row.pk, "user": by, "created_by": by, "description": word}
        with operation("add_task", table=row.table, by=by, matched=1, changed=1):
            task = Task.objects.create(title=f"{word} text", **common)
            Task.objects.create(title=f"{word} text", done_at=timezone.now(), done_by=by, **common)
        self.things[f"{row.table} task", thing, person] = (row.pk, task.pk)
        self.things[f"one {row.table} task", thing, person] = task.pk

    def _employment(
        self, thing: str, contact: Contact, company: Company, word: str, person: str = ""
    ) -> None:
        """An earlier position of a contact."""
        with operation("add_employment", table="contact", by=contact.owner, matched=1, changed=1):
            row = Employment.objects.create(contact=contact, company=company, role=f"{word} text")
        self.things["contact employment", thing, person] = (contact.pk, row.pk)

    def _web_forms(self) -> None:
        """A form of each department with a submission, and a stop word."""
        for thing, department, word in [("own", self.sales, "someform"), ("foreign", self.export, MARKER)]:
            with operation("test", by=None):
                form = WebForm.objects.create(
                    name=f"{word} text", slug=word, department=department, source=self.source
                )
            sent = {"values": {"last_name": [word]}, "state": "spam", "address": word, "nonce": word}
            self.things["web form", thing, ""] = form.pk
            submission = Submission.objects.create(form=form, **sent)
            self.things["web submission", thing, ""] = submission.pk
            if thing == "own":
                self.names["form_token"] = build_confirmation_token(submission)
        with operation("test", by=None):
            self.things["stop word", "any", ""] = StopWord.objects.create(text="someword").pk
        self.names["web_form_version"] = 1

    def _booking_pages(self) -> None:
        """A page of each department, and a booking of each."""
        asked = [FormQuestion("email", required=True).as_json()]
        foreign = self.make_lead(f"{MARKER}-booking", department=self.export)
        for thing, department, user, word, lead in [
            ("own", self.sales, self.colleague, "somebooking", self.names["lead"]),
            ("foreign", self.export, self.foreigner, f"{MARKER}-booking", foreign.pk),
        ]:
            common = {"name": f"{word} text", "slug": word}
            with operation("test", by=None):
                form = WebForm.objects.create(
                    department=department, source=self.source, questions=asked, **common
                )
                page = BookingPage.objects.create(form=form, people=[user.pk], **common)
            self.things["booking page", thing, ""] = page.pk
            sent = Submission.objects.create(form=form, state="lead", address="", nonce=word)
            made = self._booking(page, sent, user, lead, word)
            self.things["booking", "colleagues" if thing == "own" else thing, ""] = made.pk
            if thing == "own":
                self.names |= {"bookable_form": form.pk, "bookable_user": user.pk, "booking_page": page.pk}
                self.names["booking_token"] = build_booking_path(made).rpartition("/")[2]

    def _booking(self, page: BookingPage, sent: Submission, host: User, lead: int, word: str) -> Booking:
        values = {"of": "lead", "record": lead, "type": "meeting", "outcome": "planned"}
        values |= {"at": timezone.now() + timedelta(days=3), "minutes": 30, "created_by": host}
        with operation("test", by=None):
            meeting = Activity.objects.create(subject=f"{word} text", **values)
        return Booking.objects.create(page=page, submission=sent, activity=meeting, zone="UTC")

    def _mailings(self) -> None:
        """A draft of each department, to the leads that its user sees."""
        for thing, department, user, word in [
            ("own", self.sales, self.colleague, "someown"),
            ("foreign", self.export, self.foreigner, MARKER),
        ]:
            with operation("test", by=None):
                mailing = Mailing.objects.create(
                    subject=f"{word}qq", text=f"{word} text", department=department, by=user, query="all=1"
                )
            self.things["mailing", thing, ""] = mailing.pk

    def _person(self, thing: str, deal: Deal, contact: Contact, word: str, person: str = "") -> None:
        """A further contact of a deal."""
        with operation("add_deal_contact", table="deal", by=deal.owner, matched=1, changed=1):
            row = DealContact.objects.create(deal=deal, contact=contact, role=f"{word} text")
        self.things["deal person", thing, person] = (deal.pk, row.pk)

    @staticmethod
    def _webhook(user: User, word: str) -> Webhook:
        return Webhook.objects.create(
            user=user, url=f"https://{word}.example.com/", secret=word, active=False
        )
