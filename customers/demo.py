"""The companies of the demo company: a few hundred customers of its sales reps."""

from accounts.models import User
from crm.records.change import operation
from crm.server.demo import Part
from customers.models import Company

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


def grow(total: int, say) -> int:
    """One company for every twenty leads, up to the number of available names."""
    known, owners = Company.objects.count(), list(User.objects.active().with_rights().order_by("pk"))
    owners = [owner for owner in owners if owner.department_ids]
    names = [f"{word} {trade}" for trade in TRADES for word in WORDS][known : max(known, total // 20)]
    if not names:
        return 0
    with operation("add", table=Company.table, by=owners[0], matched=len(names), changed=len(names)):
        Company.objects.bulk_create(
            made(owners[place % len(owners)], place, name) for place, name in enumerate(names)
        )
    return len(names)


def made(owner: User, place: int, name: str) -> Company:
    return Company(
        name=name,
        domain=f"{name.lower().replace(' ', '-')}.example",
        country=COUNTRIES[place % len(COUNTRIES)],
        owner=owner,
        department_id=owner.department_ids[0],
        created_by=owner,
    )


PART = Part(empty=lambda: not Company.objects.exists(), grow=grow)
