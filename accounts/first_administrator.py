"""The first administrator of an empty database: from the environment or asked on the terminal, once and never again."""

import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import Department, Membership, Role, User
from crm.server.environment import Say, SettingError
from crm.web.security_log import note


def is_needed() -> bool:
    """Whether nobody has ever been made an administrator. One who was deactivated counts: that way in stays closed."""
    return not User.objects.filter(groups__role__key="administrator").exists()


def make(email: str, password: str) -> User | None:
    """Make the first administrator, or nobody when there is one already: of two starts at once one makes it.

    Raises ValidationError for an address or a password that would not do for anybody else either.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('the first administrator'))")
        if not is_needed():
            return None
        user = User(email=email, name=_name_from(email))
        user.set_password(password)
        user.full_clean()
        validate_password(password, user)
        user.save()
        user.groups.add(Role.objects.get(key="administrator"))
        department = Department.objects.active().order_by("id").first()
        if department:
            Membership.objects.create(user=user, department=department)
        note("user_added", of=user.pk, of_email=user.email)
        return user


def ensure() -> User | None:
    """Make the first administrator where there is none: from the environment, else by asking. Returns who was made.

    Raises SettingError where there is nobody to ask or the environment makes no sense.
    """
    if not is_needed():
        return None
    environment = settings.ENVIRONMENT
    if environment.admin_email or environment.admin_password:
        return _from_environment(environment.admin_email, environment.admin_password)
    if not sys.stdin.isatty():
        raise SettingError(
            "Nobody can sign in yet: set LEADWELL_ADMIN_EMAIL and LEADWELL_ADMIN_PASSWORD for the first start, "
            "or start once on a terminal and be asked."
        )
    return _asked()


def _from_environment(email: str, password: str) -> User | None:
    try:
        return make(email, password)
    except ValidationError as error:
        sentences = []
        for field, messages in getattr(error, "message_dict", {"password": error.messages}).items():
            name = "LEADWELL_ADMIN_PASSWORD" if field == "password" else "LEADWELL_ADMIN_EMAIL"
            sentences += [f"{name} makes no sense: {message}" for message in messages]
        raise SettingError("\n".join(sentences)) from None


def _asked() -> User | None:
    print("This database is new. Who is its first administrator?")  # noqa: T201 - a question on the terminal
    while True:
        email = input("Email: ").strip()
        password = getpass("Password: ")
        if password != getpass("The same again: "):
            print("These were two different passwords.")  # noqa: T201
            continue
        try:
            return make(email, password)
        except ValidationError as error:
            print("\n".join(error.messages))  # noqa: T201


def _name_from(email: str) -> str:
    """A name to begin with; the profile has a better one later."""
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words) or "Administrator"


def announce(say: Say) -> None:
    """What a start of a production system does (crm/server/prepare.py)."""
    made = ensure()
    if made:
        say(f"{made.email} is the first administrator.")
