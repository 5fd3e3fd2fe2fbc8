"""The people of the demo company: six accounts to sign in with, and colleagues who own most of the leads."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Department, Membership, Role, User
from accounts.models.role import SHIPPED_ENGLISH
from accounts.working_time.demo import add_holidays
from crm.platform.server.demo import DemoPart

# (role key, email, name, departments, hue)
ACCOUNTS = [
    ("administrator", "admin@demo.example", "Ada Popescu", ["Sales Romania"], 260),
    ("company", "company@demo.example", "Conrad Weiss", ["Sales Europe"], 200),
    ("super", "super@demo.example", "Sofia Marin", ["Sales Romania"], 320),
    ("manager", "manager@demo.example", "Mihai Ionescu", ["Sales Romania"], 30),
    ("operator", "operator@demo.example", "Oana Radu", ["Sales Romania"], 160),
    ("rep", "rep@demo.example", "Bob Moreau", ["Sales Romania"], 90),
]
COLLEAGUES = [
    ("manager", "ann.keller@demo.example", "Ann Keller", ["Sales Europe"], 260),
    ("manager", "carla.ionescu@demo.example", "Carla Ionescu", ["Sales Europe", "Sales Romania"], 330),
    ("rep", "dmitri.sokolov@demo.example", "Dmitri Sokolov", ["Sales Europe"], 190),
    ("rep", "emeka.obi@demo.example", "Emeka Obi", ["Sales Europe"], 40),
    ("rep", "eric.lindqvist@demo.example", "Éric Lindqvist", ["Sales Europe"], 120),
    ("rep", "stefan.dumitru@demo.example", "Ștefan Dumitru", ["Sales Romania"], 280),
    ("rep", "ioana.vasile@demo.example", "Ioana Vasile", ["Sales Romania"], 10),
    ("rep", "andrei.munteanu@demo.example", "Andrei Munteanu", ["Sales Romania"], 220),
    ("rep", "zoe.hartmann@demo.example", "Zoe Hartmann", ["Sales Europe"], 70),
    ("operator", "marta.kowalska@demo.example", "Marta Kowalska", ["Sales Europe"], 350),
    ("rep", "lukas.novak@demo.example", "Lukáš Novák", ["Partners", "Sales Europe"], 140),
    ("operator", "petra.partners@demo.example", "Petra Lang", ["Partners"], 300),
]
DEPARTMENTS = [("Sales Romania", "RO"), ("Sales Europe", "DE"), ("Partners", "")]


def install_demo_people(password: str) -> None:
    """Create the people, once. All of them have the demo's password."""
    if User.objects.filter(email=ACCOUNTS[0][1]).exists():
        return
    shipped = Department.objects.filter(name="Sales", memberships=None).first()
    if shipped:
        shipped.name, shipped.country = DEPARTMENTS[0]
        shipped.save()
    departments = {
        name: Department.objects.get_or_create(name=name, defaults={"country": country})[0]
        for name, country in DEPARTMENTS
    }
    roles = {role.key: role for role in Role.objects.exclude(key="")}
    hashed = make_password(password)
    # Before the first of their leads, so that their working days of the last year are known.
    joined = timezone.now() - timedelta(days=400)
    for role, email, name, belongs_to, hue in ACCOUNTS + COLLEAGUES:
        user = User.objects.create(email=email, name=name, password=hashed, hue=hue, joined_at=joined)
        user.groups.add(roles[role])
        Membership.objects.bulk_create(
            Membership(user=user, department=departments[department], position=place)
            for place, department in enumerate(belongs_to)
        )


def set_demo_passwords(password: str) -> None:
    """Set this password for all of them, unless they already have it."""
    first = User.objects.filter(email=ACCOUNTS[0][1]).first()
    if first and not first.check_password(password):
        emails = [email for _role, email, *_rest in ACCOUNTS + COLLEAGUES]
        User.objects.filter(email__in=emails).update(password=make_password(password))


def get_demo_sign_ins() -> list[tuple[str, str]]:
    """The accounts to sign in with: (email, role)."""
    return [(email, SHIPPED_ENGLISH[role]) for role, email, *_rest in ACCOUNTS]


PART = DemoPart(
    people=install_demo_people, password=set_demo_passwords, accounts=get_demo_sign_ins, grow=add_holidays
)
