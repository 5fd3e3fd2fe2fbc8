"""Database roles for BI tools: made, listed and removed. What a role sees, the views decide (reports/bi/database_views.py)."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from accounts.models import User
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.web.security_log import write_security_line
from reports.bi.database_views import SCHEMA
from reports.bi.role_limits import (
    SECONDS,
    build_lockdown_statements,
    get_role_of_leadwell,
    get_superuser_statements,
)
from reports.models import BiAccess

NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
CONNECTIONS = 5
LIMITS = {
    "default_transaction_read_only": "on",
    "statement_timeout": f"{SECONDS}s",
    "idle_in_transaction_session_timeout": f"{SECONDS}s",
    "search_path": SCHEMA,
}


class AccessRefused(Exception):
    """Nothing was changed; the text says why."""


@dataclass(frozen=True)
class GrantedRole:
    """`statements` are for the database administrator if Leadwell may not run them, else empty; so are those for a superuser."""

    password: str
    statements: list[str]
    for_superuser: list[str]


@dataclass(frozen=True)
class RoleLine:
    access: BiAccess
    is_there: bool
    has_limits: bool

    @property
    def visible_data_text(self) -> str:
        user = self.access.user
        if user is None:
            return "everything"
        return (
            f"what {user.email} sees" if user.is_active else f"nothing, because {user.email} is deactivated"
        )


def grant_role(name: str, user: User | None) -> GrantedRole:
    """A role that reads what this user sees, or everything without a user. An existing one gets a new password.

    Raises AccessRefused.
    """
    if not NAME.fullmatch(name) or name.startswith("pg_"):
        raise AccessRefused(
            "Enter a name of 3 to 41 lowercase letters, digits and underscores that begins with a letter."
        )
    known, exists = BiAccess.objects.filter(role=name).exists(), _role_exists(name)
    if exists and not known:
        raise AccessRefused(f"The database role {name} exists already. Choose another name.")
    if user is not None and not user.is_active:
        raise AccessRefused(f"{user.email} is deactivated. Choose an active user.")
    password = secrets.token_urlsafe(24)
    with transaction.atomic():
        BiAccess.objects.update_or_create(
            role=name, defaults={"user": user, "everything": user is None, "created_at": timezone.now()}
        )
        write_security_line("bi_access_given", role=name, sees=user.email if user else "everything")
        return GrantedRole(
            password,
            *_run_statements(
                _build_role_statements(name, password, exists=exists), get_superuser_statements()
            ),
        )


def remove_role(name: str) -> list[str]:
    """Remove the role. Returns the statements that Leadwell may not run. Raises AccessRefused."""
    found = BiAccess.objects.filter(role=name)
    if not found.exists():
        raise AccessRefused(f"There is no BI access {name}. `manage.py bi_access --list` shows all of them.")
    with transaction.atomic():
        found.delete()
        write_security_line("bi_access_removed", role=name)
        return _run_statements(_build_removal_statements(name))[0] if _role_exists(name) else []


def build_role_lines() -> list[RoleLine]:
    return [
        RoleLine(access, _role_exists(access.role), _has_limits(access.role))
        for access in BiAccess.objects.by_role()
    ]


def _role_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
        return cursor.rowcount > 0


def _has_limits(name: str) -> bool:
    """Whether the role has the settings that it was given, and Leadwell may end its sessions. A role can change its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolconfig, pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = %s", [name])
        found = cursor.fetchone()
    wanted = {f"{setting}={value}" for setting, value in LIMITS.items()}
    return found is not None and found[1] and set(found[0] or []) == wanted


def _build_role_statements(name: str, password: str, *, exists: bool) -> list[str]:
    """The password is in them as what the server stores of it, so no log contains it."""
    role, verb = sql.Identifier(name), sql.SQL("ALTER" if exists else "CREATE")
    create = sql.SQL("{} ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD {}")
    made = [
        create.format(
            verb, role, sql.Literal(CONNECTIONS), sql.Literal(_build_password_verifier(name, password))
        )
    ]
    # What the role set for itself ends.
    made.append(sql.SQL("ALTER ROLE {} RESET ALL").format(role))
    for setting, value in LIMITS.items():
        one = sql.SQL("ALTER ROLE {} SET {} = {}")
        made.append(one.format(role, sql.Identifier(setting), sql.Literal(value)))
    made.append(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(_get_database_identifier(), role))
    made.append(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(SCHEMA), role))
    made += build_lockdown_statements(name)
    return [statement.as_string() for statement in made]


def _build_removal_statements(name: str) -> list[str]:
    role = sql.Identifier(name)
    made = [
        sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(sql.Identifier(SCHEMA), role),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(_get_database_identifier(), role),
        # What it made although it may not: large objects, if no superuser has taken them away. Only its members may drop them.
        sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(get_role_of_leadwell())),
        sql.SQL("DROP OWNED BY {}").format(role),
        sql.SQL("DROP ROLE {}").format(role),
    ]
    return [statement.as_string() for statement in made]


def _get_database_identifier() -> sql.Identifier:
    return sql.Identifier(connection.settings_dict["NAME"])


def _build_password_verifier(name: str, password: str) -> str:
    connection.ensure_connection()
    made: bytes = connection.connection.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    )
    return made.decode()


def _run_statements(
    statements: list[str], of_superuser: list[str] | None = None
) -> tuple[list[str], list[str]]:
    """Run what a connection may run: the first ones with the right to make roles. Returns what remains of both."""
    left, left_of_superuser = statements, of_superuser or []
    with _open_administrator_connection() as run:
        if run is not None:
            for statement in left:
                run(statement)
            left = []
        if run is not None and run("SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper").rowcount:
            for statement in left_of_superuser:
                run(statement)
            left_of_superuser = []
    return left, left_of_superuser


@contextmanager
def _open_administrator_connection() -> Iterator[Any]:
    """What runs a statement with the right to make roles and returns its cursor; None without this right.

    The embedded server has a superuser, which belongs to whoever runs the server.
    """
    server = get_embedded_server(settings.ENVIRONMENT)
    if server:
        address = server.get_connection_parameters("postgres", connection.settings_dict["NAME"])
        with psycopg.connect(**address) as embedded:
            yield embedded.execute
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        may = cursor.fetchone()[0]

        def run_statement(statement: str) -> Any:
            cursor.execute(statement)
            return cursor

        yield run_statement if may else None
