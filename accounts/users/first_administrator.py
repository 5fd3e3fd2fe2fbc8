"""The first administrator of an empty database: taken from the environment or asked on the terminal, only once."""

import sys
from getpass import getpass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import Department, Membership, Role, User
from accounts.models.user import guess_name
from crm.platform.configuration.environment import Say, SettingError
from crm.platform.web.security_log import write_security_line


def needs_administrator() -> bool:
    """Whether no one has ever been an administrator. Deactivated ones count: this way in stays closed."""
    return not User.objects.filter(groups__role__key="administrator").exists()


def create_first_administrator(email: str, password: str) -> User | None:
    """Create the first administrator, or return None if there is one: of two simultaneous starts, one creates them.

    Raises ValidationError for an email or a password that other users couldn't have either.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('the first administrator'))")
        if not needs_administrator():
            return None
        user = _build_administrator(email, password)
        user.full_clean()
        validate_password(password, user)
        user.save()
        user.groups.add(Role.objects.get(key="administrator"))
        department = Department.objects.active().order_by("id").first()
        if department:
            Membership.objects.create(user=user, department=department)
        write_security_line("user_added", of=user.pk, of_email=user.email)
        return user


def _build_administrator(email: str, password: str) -> User:
    user = User(email=email, name=guess_name(email) or "Administrator")
    user.set_password(password)
    return user


def check_environment() -> None:
    """What `ensure` would refuse, before there are any tables: a wrong password isn't found only after all steps.

    Raises SettingError if there is no terminal to ask on or the environment is invalid.
    """
    environment = settings.ENVIRONMENT
    if not (environment.admin_email or environment.admin_password):
        _require_terminal()
        return
    try:
        user = _build_administrator(environment.admin_email, environment.admin_password)
        user.full_clean(validate_unique=False, validate_constraints=False)
        validate_password(environment.admin_password, user)
    except ValidationError as error:
        raise _build_setting_error(error) from None


def ensure_first_administrator() -> User | None:
    """Create the first administrator if there is none: from the environment, else by asking. Returns the new user.

    Raises SettingError if there is no terminal to ask on or the environment is invalid.
    """
    if not needs_administrator():
        return None
    environment = settings.ENVIRONMENT
    if environment.admin_email or environment.admin_password:
        return _from_environment(environment.admin_email, environment.admin_password)
    _require_terminal()
    return _ask_on_terminal()


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise SettingError(
            "No one can sign in yet: set LEADWELL_ADMIN_EMAIL and LEADWELL_ADMIN_PASSWORD for the first start, "
            "or start once on a terminal to be asked."
        )


def _from_environment(email: str, password: str) -> User | None:
    try:
        return create_first_administrator(email, password)
    except ValidationError as error:
        raise _build_setting_error(error) from None


def _build_setting_error(error: ValidationError) -> SettingError:
    """With a sentence for each setting that is wrong."""
    sentences = []
    for field, messages in getattr(error, "message_dict", {"password": error.messages}).items():
        name = "LEADWELL_ADMIN_PASSWORD" if field == "password" else "LEADWELL_ADMIN_EMAIL"
        sentences += [f"{name} is invalid: {message}" for message in messages]
    return SettingError("\n".join(sentences))


def _ask_on_terminal() -> User | None:
    print("This database is new. Who is its first administrator?")  # noqa: T201 - a question on the terminal
    while True:
        email = input("Email: ").strip()
        password = getpass("Password: ")
        if password != getpass("Repeat the password: "):
            print("The two passwords are different.")  # noqa: T201
            continue
        try:
            return create_first_administrator(email, password)
        except ValidationError as error:
            print("\n".join(error.messages))  # noqa: T201


def announce_first_administrator(say: Say) -> None:
    """Called when a production system starts (crm/platform/server/start_preparation.py)."""
    made = ensure_first_administrator()
    if made:
        say(f"{made.email} is now the first administrator.")
