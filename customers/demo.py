"""The companies, contacts, deals and requests of the demo company: a few hundred customers of its sales reps, and what is
asked."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from crm.platform.configuration.company import get_company_currency
from crm.platform.server.demo import DemoPart
from crm.platform.text.text_folding import fold_text
from crm.records.history.verb_execution import carry_out, operation
from customers.companies.demo_tasks import add_company_tasks
from customers.companies.verbs import Edit
from customers.deal_contacts.demo import grow_deal_contacts
from customers.deals.demo_past import add_deals_with_past
from customers.models import Company, Contact, Deal, DealContact, Employment, Request
from leads.demo.working_hours import find_nearest_working_time, find_working_time
from leads.models import LostReason, Status

WORDS = [
    "Alba",
    "Boreal",
    "Carpat",
    "Delta",
    "Electra",
    "Fortis",
    "Granit",
    "Helios",
    "Iris",
    "Junona",
    "Kora",
    "Lumen",
]
TRADES = [
    "Foods",
    "Logistics",
    "Systems",
    "Steel",
    "Textiles",
    "Energy",
    "Pharma",
    "Design",
    "Motors",
    "Paper",
]
COUNTRIES = ["RO", "DE", "FR", "IT", "PL", "HU"]
# By country: a city with its region, a street, a postal code
PLACES = {
    "RO": ("Cluj-Napoca", "Cluj", "Strada Horea", "400174"),
    "DE": ("Leipzig", "Sachsen", "Karl-Liebknecht-Straße", "04107"),
    "FR": ("Lyon", "Rhône", "Rue Garibaldi", "69003"),
    "IT": ("Torino", "Piemonte", "Via Po", "10124"),
    "PL": ("Gdańsk", "Pomorskie", "ulica Długa", "80-831"),
    "HU": ("Szeged", "Csongrád", "Kárász utca", "6720"),
}
FIRST_NAMES = [
    "Ana",
    "Bogdan",
    "Claire",
    "Diana",
    "Erik",
    "Francesca",
    "Gábor",
    "Hanna",
    "Ioan",
    "Julia",
    "Karl",
]
LAST_NAMES = ["Albu", "Bauer", "Conti", "Dubois", "Enache", "Fischer", "Greco", "Horváth", "Ionescu", "Kowal"]
SUBJECTS = [
    "Offer for 200 units",
    "Delivery times to Germany",
    "Demonstration next week",
    "Price list for this year",
    "Spare parts",
    "Becoming a reseller",
    "Extended warranty",
]
MESSAGE = """Hello,

we are interested in: {topic}. Could you call me back, or send more information by email?

Kind regards
{name}"""
FEW = 300
TITLES = ["Managing director", "Buyer", "Head of purchasing", "Office manager", "Engineer"]

THINGS = [
    "Yearly supply",
    "New line",
    "Maintenance",
    "Pilot project",
    "Framework agreement",
    "Spare parts",
    "Training",
]

# The places of the deals' stages in the pipeline: more are at its beginning than before its end, and some are won or lost.
STAGES = [0, 1, 0, 3, 0, 2, 1, 4, 0, 3, 1, 0, 2]


def grow_companies(total: int, say) -> int:
    """One company for every twenty leads, up to the number of available names."""
    known = Company.objects.present().count()
    names = [f"{word} {trade}" for trade in TRADES for word in WORDS][known : max(known, total // 20)]
    made = add_rows(
        Company,
        [build_company(owner, place, names[place]) for place, owner in get_numbers_with_owners(len(names))],
    )
    if made and not known:
        join_groups()
    return made


def join_groups() -> None:
    """The first company of some trades is the parent of the next ones."""
    for trade in TRADES[::3]:
        parent, *others = [f"{word} {trade}" for word in WORDS[:4]]
        head = Company.objects.present().filter(name=parent).first()
        if head:
            rows = Company.objects.present().filter(name__in=others)
            carry_out(Edit({"parent": head}), rows, by=head.created_by)


def grow_contacts(total: int, say) -> int:
    """Two contacts for each company."""
    known = Contact.objects.present().count()
    companies = list(Company.objects.present().order_by("pk"))[known // 2 :]
    places = range(2 * len(companies))
    return add_rows(Contact, [build_contact(companies[place // 2], known + place) for place in places])


def grow_deals(total: int, say) -> int:
    """Deals of two in three companies, most of them open."""
    stages = list(Status.objects.of_deals().active().in_order())
    reasons = list(LostReason.objects.for_people().in_order())
    people = Contact.objects.present().exclude(company=None).select_related("company")
    contacts = list(people.order_by("pk"))[::2]
    chosen = [contact for place, contact in enumerate(contacts) if place % 3]
    if Deal.objects.present().exists() or not stages:
        return 0
    deals = [build_deal(contact, place, stages, reasons) for place, contact in enumerate(chosen)]
    return add_deals_with_past(deals, stages)


def grow_employments(total: int, say) -> None:
    """Every third contact worked at another company before."""
    people = Contact.objects.present()
    if Employment.objects.filter(contact__in=people).exists():
        return
    companies = list(Company.objects.present().order_by("pk"))
    contacts = list(people.select_related("created_by").order_by("pk"))[::3]
    rows = [
        Employment(
            contact=person,
            company=companies[(place * 5 + 7) % len(companies)],
            role=TITLES[(place + 2) % len(TITLES)],
            started_on=date(2012 + place % 6, 1 + place % 12, 1),
            ended_on=date(2018 + place % 5, 1 + place % 12, 15),
            created_by=person.created_by,
        )
        for place, person in enumerate(contacts)
    ]
    if rows:
        by, number = rows[0].created_by, len(rows)
        with operation("add_employment", table=Contact.table, by=by, matched=number, changed=number):
            Employment.objects.bulk_create(rows)


def grow_requests(total: int, say) -> int:
    """One request for every fifty leads, up to a few hundred."""
    known = Request.objects.present().count()
    contacts = list(Contact.objects.present().select_related("company").order_by("pk")[:FEW])
    wanted = range(known, max(known, min(total // 50, FEW))) if contacts else range(0)
    rows = [
        build_request(known + place, contacts[place % len(contacts)], owner, hours=5 * (len(wanted) - place))
        for place, owner in get_numbers_with_owners(len(wanted))
    ]
    return add_rows(Request, rows)


def get_numbers_with_owners(number: int) -> list[tuple[int, User]]:
    owners = [user for user in User.objects.active().with_rights().order_by("pk") if user.department_ids]
    return [(place, owners[place % len(owners)]) for place in range(number)]


def add_rows(model: Any, rows: list[Any]) -> int:
    if rows:
        by = rows[0].created_by
        with operation("add", table=model.table, by=by, matched=len(rows), changed=len(rows)):
            model.objects.bulk_create(rows)
    return len(rows)


def build_company(owner: User, place: int, name: str) -> Company:
    country = COUNTRIES[place % len(COUNTRIES)]
    city, state, street, code = PLACES[country]
    own = name.lower().replace(" ", "-")
    return Company(
        name=name,
        domain=f"{own}.example",
        other_domains=f"{own}.test, mail.{own}.example" if place % 4 == 0 else "",
        website=f"https://www.{own}.example",
        tax_id=f"{country}{30_400_100 + place * 37}",
        phone=f"+4021556{place:04d}",
        phone_normal=f"+4021556{place:04d}",
        address=f"{street} {place % 90 + 1}",
        zip=code,
        city=city,
        state=state,
        country=country,
        owner=owner,
        department_id=owner.department_ids[0],
        created_by=owner,
        created_at=get_time_added(place),
    )


def get_time_added(place: int) -> datetime:
    """Before the first of the deals, the first one longest ago."""
    return find_working_time(timezone.now() - timedelta(days=400, hours=-5 * place))


def build_contact(company: Company, place: int) -> Contact:
    """The owner of the company owns its contacts too."""
    first, last = FIRST_NAMES[place % len(FIRST_NAMES)], LAST_NAMES[place * 7 % len(LAST_NAMES)]
    return Contact(
        first_name=first,
        last_name=last,
        title=TITLES[place % len(TITLES)],
        company=company,
        email=f"{fold_text(first)}.{fold_text(last)}{place}@{company.domain}",
        phone=f"+4021555{place:04d}",
        phone_normal=f"+4021555{place:04d}",
        country=company.country,
        owner_id=company.owner_id,
        department_id=company.department_id,
        created_by_id=company.created_by_id,
        created_at=find_nearest_working_time(company.created_at + timedelta(hours=1)),
    )


def build_deal(contact: Contact, place: int, stages: list[Status], reasons: list[LostReason]) -> Deal:
    stage, thing = stages[min(STAGES[place % len(STAGES)], len(stages) - 1)], THINGS[place % len(THINGS)]
    amount = 1_000 + place * 7_919 % 48_000
    return Deal(
        name=f"{thing} for {contact.company}",
        company=contact.company,
        contact=contact,
        value=None if place % 9 == 8 else amount - amount % 50,
        currency=get_company_currency(),
        status=stage,
        lost_reason=reasons[place % len(reasons)] if stage.needs_reason and reasons else None,
        expected_close=timezone.localdate() + timedelta(days=place * 11 % 75 - 12),
        probability=60 if place % 7 == 3 and stage.is_open else None,  # type: ignore[misc]
        owner_id=contact.owner_id,
        department_id=contact.department_id,
        created_by_id=contact.created_by_id,
    )


def build_request(place: int, contact: Contact, owner: User, *, hours: int) -> Request:
    """Received so many hours ago. Some senders are known, others are new; every second new one has no owner yet."""
    known, state = place % 3 == 0, list(Request.State)[place * 5 % 7 % 4]
    first, last = FIRST_NAMES[place * 3 % len(FIRST_NAMES)], LAST_NAMES[place * 11 % len(LAST_NAMES)]
    name = f"{WORDS[place % len(WORDS)]} {TRADES[place * 7 % len(TRADES)]}"
    taken = known or place % 2 or state in (Request.State.DONE, Request.State.SPAM)
    return Request(
        subject=SUBJECTS[place % len(SUBJECTS)],
        text=MESSAGE.format(
            topic=SUBJECTS[place % len(SUBJECTS)].lower(),
            name=contact.full_name if known else f"{first} {last}",
        ),
        channel=list(Request.Channel)[place % 5],
        state=state,
        received_at=find_working_time(timezone.now() - timedelta(hours=hours)),
        first_name=contact.first_name if known else first,
        last_name=contact.last_name if known else last,
        company_name="" if known else name,
        email=contact.email
        if known
        else f"{fold_text(first)}.{fold_text(last)}@{name.lower().replace(' ', '-')}.example",
        phone="" if known else f"+4031555{place:04d}",
        phone_normal="" if known else f"+4031555{place:04d}",
        country=COUNTRIES[place % len(COUNTRIES)],
        owner=owner if taken else None,
        department_id=owner.department_ids[0],
        created_by=owner,
    )


PARTS = [
    DemoPart(empty=lambda: not Company.objects.exists(), grow=grow_companies),
    DemoPart(empty=lambda: not Contact.objects.exists(), grow=grow_contacts),
    DemoPart(empty=lambda: not Deal.objects.exists(), grow=grow_deals),
    DemoPart(empty=lambda: not DealContact.objects.exists(), grow=grow_deal_contacts),
    DemoPart(grow=add_company_tasks),
    DemoPart(empty=lambda: not Employment.objects.exists(), grow=grow_employments),
    DemoPart(empty=lambda: not Request.objects.exists(), grow=grow_requests),
]
