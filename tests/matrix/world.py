"""The world of the matrix: each role played by one person in Sales, with own and foreign things of every kind.

Everything that belongs to another department has MARKER in each of its texts; the department's name has a different
word, because users who can assign leads must know which departments exist.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.utils import timezone

from accounts.models import Department, Holiday, Role, User
from crm.models import (
    CompanyLogo,
    CustomField,
    Job,
    SavedView,
    Tag,
)
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.verb_execution import operation
from customers.models import Contact, Deal
from duplicates.models import MergePlan
from leads.models import Lead, Pipeline, Rate, Source, SourceCost, Status
from leads.models.lost_reason import LostReason
from leads.settings.forms.pipelines import build_initial_statuses
from tests.conftest import make_user
from tests.matrix.files_of_people import export_of, import_of
from tests.matrix.oracle import ON_RECORDS, PEOPLE, UNKNOWN
from tests.matrix.people import People
from tests.matrix.records import MARKER, VIEWS

DEPARTMENT_MARKER = "zzdepartment"
UNKNOWN_ID = 987_654_321
SHIPPED = {"rep", "operator", "manager", "super", "company", "administrator"}


class World(People):
    """`people` by role; `ids(kind, thing, person)` are the IDs of a thing; `names` are the words that data can use in
    braces."""

    def __init__(self) -> None:
        self.things: dict[tuple[str, str, str], int | tuple[int, ...]] = {}
        self.names: dict[str, Any] = {"month": f"{timezone.localdate():%Y-%m}"}
        self._departments()
        self._people()
        self._settings()
        self._web_forms()
        self._mailings()
        self._files_of_mailings()
        self._belongings("colleagues", "", self.colleague)
        self.names |= {name: self.ids(name, "colleagues")["pk"] for name in ("lead", "company")}
        self._booking_pages()
        self.names["further"] = self.make_contact("somefurther", department=self.sales, shared=True).pk
        self.names["task"] = self.ids("lead task", "colleagues")["task"]
        for person, user in self.people.items():
            self._belongings("own", person, user)
        self._lone_leads()
        self.names["shared_task"] = self.ids("lead task", "shared")["task"]
        # The newest: they are on the first page of every list.
        self._belongings("foreign", "", self.foreigner)
        self.names["foreign_task"] = self.ids("lead task", "foreign")["task"]
        self.put_into_sequences(("lead", "contact"))
        self._of_people()

    def ids(self, kind: str, thing: str, person: str = "") -> dict[str, int]:
        """The IDs in the URL."""
        if thing == UNKNOWN:
            return dict.fromkeys(("pk", *self._more_ids(kind)), UNKNOWN_ID)
        kind = {
            "own view": "view",
            "own report": "report",
            "own dashboard": "dashboard",
            "own dashboard part": "dashboard part",
            "own company view": "company view",
            "own contact view": "contact view",
            "own deal view": "deal view",
            "own request view": "request view",
            "other user": "user",
            "any role": "role",
            "inspected user": "user",
            "open provider": "provider",
            "absent user": "user",
        }.get(kind, kind)
        # Visitors who aren't signed in try the sales rep's things.
        person = "rep" if person == "anonymous" else person
        found = self.things.get((kind, thing, person)) or self.things[kind, thing, ""]
        every = found if isinstance(found, tuple) else (found,)
        return dict(zip(("pk", *self._more_ids(kind)), every, strict=True))

    @staticmethod
    def _more_ids(kind: str) -> list[str]:
        """The names of the other IDs in the URL of such a thing."""
        if kind.endswith("dashboard part"):
            return ["part"]
        if kind == "mailing file":
            return ["file"]
        if kind.endswith(" file"):
            return ["activity", "file"]
        second = kind.endswith(
            (
                "cost",
                " call",
                " activity",
                " task",
                " employment",
                " person",
                "absence",
                "session",
                "identity",
            )
        ) and not kind.startswith("one ")
        return [kind.rpartition(" ")[2]] if second and not kind.startswith("own ") else []

    def _put(self, kind: str, thing: str, row: models.Model, person: str = "") -> None:
        self.things[kind, thing, person] = row.pk

    def _departments(self) -> None:
        self.sales = Department.objects.get(name="Sales")
        self.partners = Department.objects.create(name="Partners")
        self.export = Department.objects.create(name=f"Export {DEPARTMENT_MARKER}")
        for thing, department, word in [
            ("own", self.sales, "someday"),
            ("company", None, "someday"),
            ("foreign", self.export, MARKER),
        ]:
            holiday = Holiday.objects.create(day=date(2040, 1, 1), name=f"{word} qq", department=department)
            self._put("holiday", thing, holiday)
            if department:
                self._incoming(thing, department, word)
        self._put("department", "own", self.sales)
        self._put("department", "foreign", self.export)
        self.names["department"] = self.sales.pk

    def _people(self) -> None:
        every = Permission.objects.all()
        deputy = Role.objects.create(name="Deputy")
        deputy.permissions.set(every.exclude(codename__in=["see_all", "view_import", "view_export"]))
        reader = Role.objects.create(name="Reader")
        reader.permissions.set(every.filter(codename__in=["see_departments", "view_lead"]))
        self.people = {}
        for person in PEOPLE[1:]:
            user = make_user(person, person if person in SHIPPED else "", [self.sales])
            if person in ("deputy", "reader"):
                user.groups.add({"deputy": deputy, "reader": reader}[person])
            self.people[person] = User.objects.with_rights().get(pk=user.pk)
        self.colleague = make_user("ben", "rep", [self.sales])
        self.second_administrator = make_user("alba", "administrator", [self.sales])
        self.foreigner = make_user(f"dan.{MARKER}", "manager", [self.export], full_name=f"Dan {MARKER}")

    def _settings(self) -> None:
        by_key = {row.key: row for row in Status.objects.all()}
        self.statuses = by_key
        self.names["logo"] = CompanyLogo.objects.create(name="ab12-40x40", content=b"").name
        with operation("test", by=None):
            pipeline = Pipeline.objects.create(name="Partners", position=2)
            extensions = Pipeline.objects.create(name="Extensions", position=3, purpose="deals")
            Status.objects.bulk_create(
                [*build_initial_statuses(pipeline, None), *build_initial_statuses(extensions, None)]
            )
            tags, rule = [Tag.objects.create(name=name) for name in ("hot", "warm")], self.make_rule()
            automation, score_rule = self.make_automation(), self.make_score_rule()
            sequences = {table: self.make_sequence(table) for table in ("lead", "contact")}
            source, other = Source.objects.exclude(key="other").order_by("pk")[:2]
            # Each record has a value in the custom field of its type.
            make = CustomField.objects.create
            self.custom = {table: make(table_of=table, name="a-qq") for table in ON_RECORDS}
            choices = [{"key": "o1", "name": "Redqq"}]
            self.chosen = {
                table: make(table_of=table, name="a-qq-choice", type="choice", choices=choices)
                for table in self.custom
            }
            self.files = {table: make(table_of=table, name="a-qq-file", type="file") for table in self.custom}
            self.secrets = {table: self._secret(table) for table in self.custom}
            costs = [
                SourceCost.objects.create(source=row, month=date(2026, 1, 1), amount=9)
                for row in (source, other)
            ]
        self._template("shared", "someshared", None)
        self.provider = self._provider()
        rate = Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=1)
        reason, other_reason = LostReason.objects.order_by("pk")[:2]
        rows = {
            "status": by_key["contacted"],
            "stage": by_key["negotiation"],
            "source": source,
            "tag": tags[0],
            "pipeline": pipeline,
            "extensions": extensions,
            "rate": rate,
            "provider": self.provider,
            "rule": rule,
            "score rule": score_rule,
            "automation": automation,
            "sequence": sequences["lead"],
            "mailbox": self._mailbox(),
            **self._of_mailings(),
            "suppression": self._suppression(),
            **self._of_privacy(by_key["lost"]),
        }
        for name, row in {**rows, "lost reason": reason}.items():
            self._put(name, "any", row)
            self.names[name.removeprefix("lost ")] = row.pk
        self.names |= {f"{table}_sequence": row.pk for table, row in sequences.items()}
        self.names |= {
            "other_status": by_key["qualified"].pk,
            "other_source": other.pk,
            "other_tag": tags[1].pk,
            "other_reason": other_reason.pk,
            "new_status": by_key["new"].pk,
            "purpose": rows["consent purpose"].pk,
        }
        for table, row in self.custom.items():
            self._put(f"{table} field", "any", row)
            self.names[f"{table}_field"] = row.pk
            self.names[f"{table}_file"] = self.files[table].pk
            self._put(f"{table} field with choices", "any", self.chosen[table])
        self.things["cost", "any", ""] = (source.pk, costs[0].pk)
        self.things["cost", "elsewhere", ""] = (source.pk, costs[1].pk)
        self.source = source

    def _belongings(self, thing: str, person: str, user: User) -> None:
        """One of everything that a user can have."""
        foreign = thing == "foreign"
        word = MARKER if foreign else f"some{person or 'colleague'}"
        where = {"owner": user, "department": self.export if foreign else self.sales}
        lead = self.make_lead(word, **where)
        self._put("lead", thing, lead, person)
        binned = self.make_lead(word, deleted_at="2026-01-01T00:00:00Z", **where)
        self._put("binned lead", thing, binned, person)
        company = self.make_company(word, **where)
        contact = self.make_contact(word, company=company, **where)
        self._put("company", thing, company, person)
        self._put("contact", thing, contact, person)
        deal = self.make_deal(word, company=company, contact=contact, lead=lead, **where)
        self._put("deal", thing, deal, person)
        request = self.make_request(word, company=company, **where)
        self._put("request", thing, request, person)
        for row in (lead, company, contact, deal, request):
            self._activity(thing, row, word, user, person)
            self._task(thing, row, word, user, person)
        self._employment(thing, contact, company, word, person)
        self._person(thing, deal, self.make_contact(word, **where), word, person)
        binned = self.make_company(word, deleted_at="2026-01-01T00:00:00Z", **where)
        self._put("binned company", thing, binned, person)
        binned = self.make_contact(word, deleted_at="2026-01-01T00:00:00Z", **where)
        self._put("binned contact", thing, binned, person)
        binned = self.make_deal(word, deleted_at="2026-01-01T00:00:00Z", **where)
        self._put("binned deal", thing, binned, person)
        self._put("deal set", thing, freeze_set(user, "deal", [deal.pk], f"q={word}"), person)
        binned = self.make_request(word, deleted_at="2026-01-01T00:00:00Z", **where)
        self._put("binned request", thing, binned, person)
        self._put("request set", thing, freeze_set(user, "request", [request.pk], f"q={word}"), person)
        self._put("contact set", thing, freeze_set(user, "contact", [contact.pk], f"q={word}"), person)
        self._put("company set", thing, freeze_set(user, "company", [company.pk], f"q={word}"), person)
        self._goal(thing, user, person)
        with operation(
            "next_action", table="lead", by=user, note=f"{word} note", matched=1, changed=1
        ) as record:
            Lead.objects.filter(pk=lead.pk).update(next_action=f"Call {word}")
        self._put("operation", thing, record, person)
        self._put("run", thing, self.make_run(record, lead), person)
        arguments = {"set": 1, "action": "vip", "form": {}, "note": f"{word} note", "file": f"{word}.xlsx"}
        job = Job.objects.create(
            kind="import_read", user=user, arguments=arguments, problem=f"{word} problem"
        )
        self._put("job", thing, job, person)
        self._put("set", thing, freeze_set(user, "lead", [lead.pk], f"q={word}"), person)
        self._put("merge plan", thing, MergePlan.objects.create(user=user), person)
        self._put("export", thing, export_of(user, word), person)
        self._put("import", thing, import_of(user, word), person)
        self._put("webhook", thing, self._webhook(user, word), person)
        self._notification(thing, word, user, person)
        self._device(thing, word, user, person)
        self._passkey(thing, word, user, person)
        self._own_email(thing, word, user, person)
        self._template(thing, word, user, person)
        self._report(thing, word, user, person)
        for kind, table in VIEWS:
            view = SavedView.objects.create(table=table, owner=user, name=f"{word} view", query=f"q={word}")
            self._put(kind, thing, view, person)

    def _lone_leads(self) -> None:
        """Leads without an owner: in Sales, shared by Partners, and in Export."""
        self.unseen = self.make_lead(MARKER, department=self.export)
        for thing, where in [
            ("unassigned", {"department": self.sales}),
            ("shared", {"department": self.partners}),
        ]:
            values = {**where, "shared": thing == "shared"}
            for make in self.makers():
                row: Any = make(f"some{thing}", **values)
                self._put(row.table, thing, row)
                self._activity(thing, row, f"some{thing}", self.colleague)
                self._task(thing, row, f"some{thing}", self.colleague)
                if isinstance(row, Contact):
                    employer = self.make_company(f"some{thing}", **values)
                    self._employment(thing, row, employer, f"some{thing}")
                if isinstance(row, Deal):
                    self._person(thing, row, self.make_contact(f"some{thing}", **values), f"some{thing}")
                binned = make(f"some{thing}", deleted_at="2026-01-01T00:00:00Z", **values)
                self._put(f"binned {row.table}", thing, binned)

    def filled(self, value):
        """A value of data with its words in braces replaced by IDs."""
        if isinstance(value, list):
            return [self.filled(part) for part in value]
        return value.format_map(SimpleNamespace(**self.names).__dict__) if isinstance(value, str) else value
