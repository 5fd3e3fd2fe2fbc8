"""The named cast and its two departments, whom almost every test asks for."""

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Membership, Role, User
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from tests.database.replayed import FIRST, Replayed

PASSWORD = "correct horse battery"
CAST = {
    "ann": ("manager", "Sales"),
    "bob": ("rep", "Sales"),
    "ben": ("rep", "Sales"),
    "oscar": ("operator", "Sales"),
    "carla": ("manager", "Export"),
    "dan": ("rep", "Export"),
    "sofia": ("super", "Sales"),
    "conrad": ("company", "Sales"),
    "ada": ("administrator", "Sales"),
}


def _write_departments() -> None:
    Department.objects.filter(name="Sales").update(country="RO")
    Department.objects.bulk_create([Department(pk=FIRST, name="Export", country="DE")])


def _write_cast() -> None:
    roles = {role.key: role for role in Role.objects.exclude(key="")}
    belongs = {"Sales": Department.objects.get(name="Sales"), "Export": Department.objects.get(pk=FIRST)}
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(pk=pk, email=f"{name}@example.com", name=name.title(), password=password)
        for pk, name in enumerate(CAST, FIRST)
    )
    members = list(zip(users, CAST.values(), strict=True))
    User.groups.through.objects.bulk_create(
        User.groups.through(pk=user.pk, user=user, group=roles[role]) for user, (role, _name) in members
    )
    Membership.objects.bulk_create(
        Membership(pk=user.pk, user=user, department=belongs[name], position=0)
        for user, (_role, name) in members
    )


write_departments, write_cast = Replayed(_write_departments), Replayed(_write_cast)


def read_cast() -> list[User]:
    """All of them as a request has them, with their permissions."""
    return get_records_compiled_once(_with_rights, list(range(FIRST, FIRST + len(CAST))))


def _with_rights(ids: list[int]):
    """Compiled once, because almost every test asks for it."""
    return User.objects.with_rights().filter(pk__any=ids)
