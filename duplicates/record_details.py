"""What is known of a record from the values of its form, an import or a program, as it is looked up."""

from collections.abc import Mapping
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
    text = {name: str(data.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in FIELDS[table]}
    person = f"{text.get('first_name', '')} {text.get('last_name', '')}".strip()
    company = text["name"] if table == "company" else text.get("company", "")
    if table == "contact":
        company = _get_company_name(company, user)
    emails = get_personal_emails(text)
    asked = tuple(filter(None, (text.get(name, "") for name in PHONES)))
    phones = normalize_phones(asked, _get_country(text["department"], user)) if asked else ()
    # The domain of a person's email says who they work for, not who they are.
    of_company = KnownFacts(emails=() if person else emails, website=text.get("website", ""))
    domains = [*of_company.domains] if table != "contact" and not person else []
    others = text.get("other_domains", "").replace(",", " ").split()
    domains += KnownFacts(
        emails=tuple(f"@{name}" for name in (text.get("domain", ""), *others) if name)
    ).domains
    keys = _get_name_and_email_keys(emails, person, company)
    return RecordDetails(
        tuple(filter(None, keys[: len(emails)])),
        tuple(dict.fromkeys(phones)),
        tuple(key for domain in domains for key in (domain, f"www.{domain}")),
        keys[-2],
        keys[-1],
    )


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


def _get_name_and_email_keys(emails: tuple[str, ...], person: str, company: str) -> list[str]:
    by_email = fold_texts(emails, function="leadwell_fold_email", length=254)
    names = fold_texts([text for text in (person, company) if text], length=KEY_LENGTH)
    return [*(by_email[email] for email in emails), names.get(person, ""), names.get(company, "")]


def _get_company_name(text: str, user: User) -> str:
    number = parse_label_number(text)
    found = Company.objects.present().visible_to(user).filter(pk=number).first() if number else None
    return found.name if found else ""


def _get_country(text: str, user: User) -> str:
    """That of the chosen department, or of the user's first one."""
    number = parse_number(text) or next(iter(user.department_ids), 0)
    found = Department.objects.filter(pk=number).values_list("country", flat=True).first()
    return str(found or "")
