"""What is known of a record from the values of its form, an import or a program, as it is looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Department, User
from crm.fields.record_labels import parse_label_number
from crm.platform.text.text_folding import fold_texts
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import Kind
from customers.models import Company
from customers.record_matching import KEY_LENGTH, KnownFacts, normalize_phones
from customers.role_mailbox_names import is_of_role
from duplicates.similarity import get_name_essence

EMAILS = ("email", "second_email")
PHONES = ("phone", "mobile")
# Longer texts are no names.
LONGEST = 300
# The fields of a form that are compared.
FIELDS = {
    "lead": ("first_name", "last_name", "company", *EMAILS, *PHONES, "website", "department"),
    "contact": ("first_name", "last_name", "company", *EMAILS, *PHONES, "department"),
    "company": ("name", "domain", "other_domains", "phone", "website", "department"),
}


@dataclass(frozen=True)
class RecordDetails:
    """The keys as the columns store them. `name` is that of a person, '' for a company."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]
    domains: tuple[str, ...]
    name: str
    company: str

    @property
    def names(self) -> list[str]:
        """The name in both orders: "ana pop" and "pop ana"."""
        first, _space, last = self.name.rpartition(" ")
        return list(dict.fromkeys(filter(None, (self.name, f"{last} {first}".strip()))))

    @property
    def start(self) -> str:
        """What the key of the same company starts with, whatever its legal form."""
        found = get_name_essence(self.company)
        return self.company[: len(found)] if self.company.startswith(found) else self.company

    def __bool__(self) -> bool:
        return any((self.emails, self.phones, self.domains, self.name, self.company))


def build_details_from_form(table: str, data: Mapping[str, Any], user: User) -> RecordDetails:
    """Of the texts of a form. The company of a contact is an ID or "Omnia (#12)", and counts if the user sees it."""
    return build_details_from_forms(table, [data], user)[0]


def build_details_from_forms(
    table: str, rows: Sequence[Mapping[str, Any]], user: User
) -> list[RecordDetails]:
    """The same for many records, in as many queries as for one."""
    texts = [
        {name: str(data.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in FIELDS[table]}
        for data in rows
    ]
    companies = [text["name"] if table == "company" else text.get("company", "") for text in texts]
    if table == "contact":
        companies = _get_company_names(companies, user)
    persons = [f"{text.get('first_name', '')} {text.get('last_name', '')}".strip() for text in texts]
    emails = [get_personal_emails(text) for text in texts]
    asked = [tuple(filter(None, (text.get(name, "") for name in PHONES))) for text in texts]
    countries = _get_countries([text["department"] for text in texts], user) if any(asked) else []
    by_email = fold_texts(
        [email for found in emails for email in found], function="leadwell_fold_email", length=254
    )
    names = fold_texts(filter(None, [*persons, *companies]), length=KEY_LENGTH)
    return [
        RecordDetails(
            tuple(filter(None, (by_email[email] for email in own))),
            tuple(dict.fromkeys(normalize_phones(phones, countries[place]) if phones else ())),
            _get_domain_keys(table, text, own, person),
            names.get(person, ""),
            names.get(company, ""),
        )
        for place, (text, own, phones, person, company) in enumerate(
            zip(texts, emails, asked, persons, companies, strict=True)
        )
    ]


def _get_domain_keys(
    table: str, text: Mapping[str, str], emails: tuple[str, ...], person: str
) -> tuple[str, ...]:
    # The domain of a person's email says who they work for, not who they are.
    of_company = KnownFacts(emails=() if person else emails, website=text.get("website", ""))
    domains = [*of_company.domains] if table != "contact" and not person else []
    others = text.get("other_domains", "").replace(",", " ").split()
    domains += KnownFacts(emails=tuple(f"@{name}" for name in (text.get("domain", ""), *others))).domains
    return tuple(key for domain in domains for key in (domain, f"www.{domain}"))


def build_form_texts(kind: Kind, record: Any) -> dict[str, str]:
    """The compared values of a saved record, as its form has them."""
    return {name: _get_field_text(kind, record, name) for name in FIELDS[kind.name]}


def _get_field_text(kind: Kind, record: Any, name: str) -> str:
    field: Any = kind.model._meta.get_field(name)
    value = getattr(record, field.attname)
    return "" if value is None else str(value)


def get_personal_emails(values: Mapping[str, Any], ending: str = "") -> tuple[str, ...]:
    """Those that say who it is: as a second email, that of a role belongs to all who work there."""
    email, second = (values.get(f"{name}{ending}") or "" for name in EMAILS)
    return tuple(filter(None, (email, "" if is_of_role(second) else second)))


def _get_company_names(texts: Sequence[str], user: User) -> list[str]:
    """The names of the companies that these texts name by their ids, as far as the user sees them."""
    numbers = [parse_label_number(text) for text in texts]
    seen = Company.objects.present().visible_to(user).in_bulk({*numbers})
    return [seen[number].name if number in seen else "" for number in numbers]


def _get_countries(texts: Sequence[str], user: User) -> list[str]:
    """Those of the chosen departments, or of the user's first one."""
    numbers = [parse_number(text) or next(iter(user.department_ids), 0) for text in texts]
    found = dict(Department.objects.values_list("pk", "country"))
    return [str(found.get(number) or "") for number in numbers]
