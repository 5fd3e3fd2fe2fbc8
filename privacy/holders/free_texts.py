"""Texts about other records, settings and saved filters, in which an address, a number or the name may be written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from automations.models import Automation
from crm.models import (
    Activity,
    AttachedFile,
    CustomField,
    EmailDraft,
    EmailEnvelope,
    FrozenSet,
    Invitation,
    InvitationAnswer,
    SavedView,
    Tag,
    Task,
    Template,
    WebhookDelivery,
)
from customers.models import Company, Contact, Deal, DealContact, Employment, Request
from duplicates.models import Distinction, Likeness
from intake.models import WebForm
from leads.models import AssignmentRule, Lead, ScoreRule
from leads.scores.scoring import write_score_state
from mailings.models import MailingFile, MailingList, MailingTemplate
from privacy.holders import custom_values
from privacy.holders.data_holder import DataHolder, DataSection, build_no_sections
from privacy.models import RetentionExemption
from privacy.person import PERSON_TABLES, Person
from privacy.text_search import find_matching_rows, replace_pattern_in_table
from reports.models import (
    Dashboard,
    DashboardPart,
    KeptNumbers,
    Pin,
    ReadReport,
    Report,
    ReportSchedule,
)
from sequences.models import EditedEmail, Sequence


@dataclass(frozen=True)
class SearchedTexts:
    """The columns of a table that are looked through. `own` are the rows in which the name counts too, as ids. In the columns in
    `short`, such as a city, only addresses and numbers count: others may have the same name."""

    model: Any
    columns: list[str]
    own: Callable[[Person], list[int]] = lambda person: []
    # Whether full names go from all rows, if that was chosen.
    everywhere: bool = False
    short: list[str] = field(default_factory=list)

    def get_search_parts(self, person: Person) -> list[tuple[list[str], str, str]]:
        """Columns with a pattern and a condition on the rows. The records of the person themselves have holders of their own."""
        texts, mine = (
            person.spellings,
            person.get_ids(self.model.table) if self.model in PERSON_TABLES.values() else [],
        )
        others = f"t.id NOT IN ({', '.join(map(str, mine))})" if mine else "true"
        found = [([*self.columns, *self.short], texts.addresses_pattern, others)]
        if self.everywhere and person.everywhere:
            return [*found, (self.columns, texts.full_names_pattern, others)]
        ids = ", ".join(map(str, self.own(person)))
        return [*found, *([(self.columns, texts.full_names_pattern, f"t.id IN ({ids})")] if ids else [])]

    def get_sections(self, person: Person, viewer: User) -> list[DataSection]:
        title = capfirst(str(self.model._meta.verbose_name_plural))
        rows = [
            row for part in self.get_search_parts(person) for row in find_matching_rows(self.model, *part)
        ]
        unique: dict[str, dict[str, Any]] = {}
        for key, values in rows:
            unique.setdefault(str(key), values)
        told = [
            {_("Text"): "\n".join(str(one) for one in values.values() if one)} for values in unique.values()
        ]
        return [DataSection(_("Mentioned in: %(where)s") % {"where": title}, told)]

    def erase(self, person: Person) -> int:
        return sum(replace_pattern_in_table(self.model, *part) for part in self.get_search_parts(person))

    @property
    def holder(self) -> DataHolder:
        return DataHolder((self.model._meta.label,), self.get_sections, self.erase, "mentions")


# The short texts of records with an address. Their emails and phones are those of other people, which stay theirs.
PLACES = ["website", "address", "zip", "city", "state"]
TEXTS = [
    SearchedTexts(
        Lead,
        ["description", "lost_remark", "next_action"],
        everywhere=True,
        short=["first_name", "last_name", "title", "company", *PLACES],
    ),
    SearchedTexts(Contact, [], short=["first_name", "last_name", "title"]),
    SearchedTexts(
        Request,
        ["subject", "text"],
        everywhere=True,
        short=["first_name", "last_name", "company_name", "website"],
    ),
    SearchedTexts(Employment, [], short=["role"]),
    SearchedTexts(DealContact, [], short=["role"]),
    SearchedTexts(RetentionExemption, ["reason"], everywhere=True),
    SearchedTexts(
        Deal, ["name", "description", "lost_remark"], own=lambda person: person.deals, everywhere=True
    ),
    SearchedTexts(
        Company,
        ["description"],
        own=lambda person: person.companies,
        everywhere=True,
        short=["name", "phone", "phone_normal", *PLACES],
    ),
    SearchedTexts(AttachedFile, ["name"], everywhere=True),
    SearchedTexts(Activity, ["text", "subject", "address", "problem", "place", "invited"], everywhere=True),
    SearchedTexts(EmailEnvelope, ["sender_name", "reply_to", "to", "cc", "bcc"], everywhere=True),
    SearchedTexts(EmailDraft, ["to", "cc", "bcc", "subject", "text"], everywhere=True),
    SearchedTexts(Task, ["title", "description"], everywhere=True),
    SearchedTexts(Invitation, ["addresses", "subject", "place", "problem"], everywhere=True),
    SearchedTexts(FrozenSet, ["query"]),
    SearchedTexts(SavedView, ["name", "query"]),
    SearchedTexts(AssignmentRule, ["name", "conditions"]),
    SearchedTexts(ScoreRule, ["name", "conditions"]),
    SearchedTexts(Automation, ["name", "conditions", "steps", "trigger_values"]),
    SearchedTexts(Sequence, ["name", "steps"]),
    SearchedTexts(EditedEmail, ["subject", "text"], everywhere=True),
    SearchedTexts(WebhookDelivery, ["problem"]),
    SearchedTexts(Report, ["name", "query"]),
    SearchedTexts(ReadReport, ["query"]),
    SearchedTexts(Pin, ["query"]),
    SearchedTexts(Dashboard, ["name"]),
    SearchedTexts(DashboardPart, ["query"]),
    SearchedTexts(ReportSchedule, ["query", "title", "problem"]),
    # Settings with texts that users write.
    SearchedTexts(Tag, ["name"]),
    SearchedTexts(
        CustomField,
        [
            "name",
            "name_ro",
            "help",
            "help_ro",
            "other_side",
            "other_side_ro",
            "first_value",
            "section",
            "choices",
        ],
    ),
    SearchedTexts(Template, ["name", "subject", "text"]),
    SearchedTexts(WebForm, ["name", "intro", "button", "task", "thanks", "questions"]),
    SearchedTexts(MailingList, ["name", "description"]),
    SearchedTexts(MailingTemplate, ["name", "folder", "subject", "preheader", "text", "plain"]),
    SearchedTexts(MailingFile, ["name"]),
]


# What someone has written with an answer.
OF_ANSWERS = SearchedTexts(InvitationAnswer, ["address", "comment"], everywhere=True)


def erase_answers(person: Person) -> int:
    found = find_matching_rows(InvitationAnswer, ["address"], person.spellings.addresses_pattern)
    own = InvitationAnswer.objects.filter(pk__in=[key[0] for key, _values in found]).delete()[0]
    return own + OF_ANSWERS.erase(person)


def erase_likenesses(person: Person) -> int:
    """What a scan found, and what users said of it."""
    both = person.build_condition("first_table", "first_record") | person.build_condition(
        "second_table", "second_record"
    )
    groups = Likeness.objects.filter(person.build_condition("table", "record")).values("block")
    return (
        Likeness.objects.filter(block__in=groups).delete()[0] + Distinction.objects.filter(both).delete()[0]
    )


def erase_cached_numbers(person: Person) -> int:
    """All: what they were counted from can't be seen in them."""
    return KeptNumbers.objects.all().delete()[0]


def erase_from_score_statement(person: Person) -> int:
    """The statement is written from the conditions of the rules."""
    return int(write_score_state())


HOLDERS = [
    *(texts.holder for texts in TEXTS),
    # After the conditions that it is written from.
    DataHolder(("leads.ScoreState",), build_no_sections, erase_from_score_statement, "mentions"),
    *custom_values.HOLDERS,
    DataHolder(("crm.InvitationAnswer",), OF_ANSWERS.get_sections, erase_answers, "mentions"),
    DataHolder(
        ("duplicates.Likeness", "duplicates.Distinction"), build_no_sections, erase_likenesses, "duplicates"
    ),
    DataHolder(("reports.KeptNumbers",), build_no_sections, erase_cached_numbers, "numbers"),
]
