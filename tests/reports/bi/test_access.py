"""The command that gives BI tools access: database roles that read the views and nothing else."""

import re
from io import StringIO
from pathlib import Path
from subprocess import run

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models.signals import pre_migrate
from django.db.utils import DatabaseError, NotSupportedError, ProgrammingError

from accounts.models import User
from crm.models import AuditEntry
from crm.platform.database import client_programs
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.sql import trigger_installation
from leads.models import Lead
from reports.bi.view_columns import VIEWS
from reports.models import BiAccess
from tests.database.migrated import connect_to_test_server
from tests.reports.bi.role import (
    NAMES,
    ROLE,
    acting,
    forget_role,
    seen,
    superuser,
    with_functions_of_everyone,
)

TABLES = ["accounts_user", "crm_token", "leads_lead", "reports_biaccess", "django_session"]


@pytest.mark.parametrize("table", TABLES)
def test_a_role_reads_no_table(table, make_role):
    make_role("--all")
    with pytest.raises(ProgrammingError, match="permission denied"), acting() as cursor:
        cursor.execute(f"SELECT * FROM public.{table}")


def test_a_role_neither_changes_anything_nor_reads_how_others_see(make_role):
    make_role("--all")
    for statement in (
        "INSERT INTO report.leads (id) VALUES (1)",
        "UPDATE report.leads SET name = 'x'",
        "DELETE FROM report.costs",
        "CREATE TABLE report.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "SELECT * FROM report.viewer",
    ):
        with pytest.raises(DatabaseError), acting() as cursor:
            cursor.execute(statement)


def test_no_view_has_a_column_with_addresses_texts_or_secrets():
    columns = {column for view in VIEWS for column in view.columns}
    assert not {name for name in columns if re.search("email|phone|text|token|password|address", name)}


def test_a_bi_tool_that_connects_has_its_limits(make_role):
    make_role("--all")
    server = get_embedded_server(settings.ENVIRONMENT)
    with psycopg.connect(**server.get_connection_parameters(ROLE, connection.settings_dict["NAME"])) as tool:
        for setting, value in (
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "1min"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("search_path", "report"),
        ):
            assert tool.execute(f"SHOW {setting}").fetchone()[0] == value
        assert tool.execute("SELECT count(*) FROM leads").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tool.execute("SELECT * FROM public.accounts_user")
    with superuser() as database:
        found = database.execute(
            "SELECT rolconnlimit, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s",
            [ROLE],
        ).fetchone()
    assert found == (5, False, False, False, False)


def test_the_password_is_shown_once_and_stored_only_as_what_the_server_checks(make_role):
    said = make_role("--all")
    password = re.search(r"Password: (\S+)", said)[1]
    assert len(password) >= 32
    with superuser() as database:
        stored = database.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [ROLE]).fetchone()[
            0
        ]
    assert stored.startswith("SCRAM-SHA-256$")
    assert password not in repr(list(AuditEntry.objects.values_list("details", flat=True)))
    assert AuditEntry.objects.filter(kind="bi_access_given", details__role=ROLE).exists()
    assert password not in make_role("--all")


def test_giving_access_again_changes_what_the_role_sees(world, make_role):
    make_role("--all")
    said = make_role("--user", "dan@example.com")
    assert "sees what dan@example.com sees" in said
    assert len(seen("leads")) == Lead.objects.present().visible_to(world.dan).count()


def test_the_list_names_each_role_and_what_it_sees(cast, make_role):
    def listed() -> str:
        said = StringIO()
        call_command("bi_access", "--list", stdout=said)
        return said.getvalue()

    assert listed() == "No BI tool has access.\n"
    make_role("--user", "bob@example.com")
    assert listed() == f"{ROLE}: what bob@example.com sees\n"
    with superuser() as database:
        database.execute(f"ALTER ROLE {ROLE} SET statement_timeout = 0")
    assert "sees (its limits were changed; give the access again)" in listed()
    make_role("--user", "bob@example.com")
    assert listed() == f"{ROLE}: what bob@example.com sees\n"
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert "nothing, because bob@example.com is deactivated" in listed()
    forget_role()
    assert "this server has no such role" in listed()


def test_a_removed_role_is_gone_from_the_server(make_role):
    make_role("--all")
    call_command("bi_access", "--remove", ROLE, stdout=StringIO())
    with superuser() as database:
        assert not database.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount
    assert not BiAccess.objects.exists()
    assert AuditEntry.objects.filter(kind="bi_access_removed").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Meta-Base", "--all"], "lowercase letters"),
        (["", "--all"], "lowercase letters"),
        (["pg_monitor", "--all"], "lowercase letters"),
        (["leadwell", "--all"], "exists already"),
        ([ROLE, "--user", "no@example.com"], "no user with the email"),
        (["--remove", ROLE], "no BI access"),
    ],
)
def test_wrong_input_gets_a_sentence_and_changes_nothing(arguments, words, make_role, db):
    with pytest.raises(CommandError, match=words):
        call_command("bi_access", *arguments, stdout=StringIO())
    assert not BiAccess.objects.exists()


def test_a_deactivated_user_gets_no_role(make_role, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(CommandError, match="deactivated"):
        make_role("--user", bob.email)


@pytest.fixture
def right_to_create_roles():
    """It is the same for all processes that share the server: no other one changes it meanwhile."""
    with connect_to_test_server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext('the right to create roles'))")
        yield


@pytest.mark.usefixtures("right_to_create_roles")
def test_without_the_right_to_create_roles_the_command_says_what_the_administrator_has_to_run(
    make_role, monkeypatch, world
):
    monkeypatch.setattr("reports.bi.database_roles.get_embedded_server", lambda environment: None)
    with_functions_of_everyone()
    said = make_role("--user", "dan@example.com")
    assert "may not create roles" in said
    assert "Ask a superuser to run once" in said
    statements = re.findall(r"^    (.+;)$", said, re.MULTILINE)
    assert len(statements) == 14
    assert re.search(r"Password: (\S+)", said)[1] not in " ".join(statements)
    with superuser() as database:
        for statement in statements:
            database.execute(statement)
    assert len(seen("leads")) == Lead.objects.present().visible_to(world.dan).count()


@pytest.mark.usefixtures("right_to_create_roles")
def test_an_own_server_whose_role_may_create_roles_needs_no_administrator(make_role, monkeypatch):
    monkeypatch.setattr("reports.bi.database_roles.get_embedded_server", lambda environment: None)
    with superuser() as database:
        database.execute("ALTER ROLE leadwell CREATEROLE")
        try:
            with_functions_of_everyone()
            said = make_role("--all")
            assert "administrator" not in said
            (statement,) = re.findall(r"^    (.+;)$", said, re.MULTILINE)
            database.execute(statement)
            assert "superuser" not in make_role("--all")
            call_command("bi_access", "--list", stdout=(said := StringIO()))
            assert said.getvalue() == f"{ROLE}: everything\n"
            assert "administrator" not in make_role("--all")
            call_command("bi_access", "--remove", ROLE, stdout=(said := StringIO()))
            assert said.getvalue() == f"{ROLE} sees nothing anymore.\n"
        finally:
            database.execute("ALTER ROLE leadwell NOCREATEROLE")


def views() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'report'")
        return {name for (name,) in cursor.fetchall()}


def test_a_migration_may_alter_what_the_views_read(make_role):
    make_role("--all")
    alter = 'ALTER TABLE leads_statusmove ALTER COLUMN "left" TYPE timestamptz(3)'
    with pytest.raises(NotSupportedError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(alter)
    pre_migrate.send(sender=apps.get_app_config("reports"), plan=[("a migration", False)])
    assert views() == set()
    with connection.cursor() as cursor:
        cursor.execute(alter)
    trigger_installation.install_functions_and_triggers()
    assert views() == {*NAMES, "viewer"}
    assert seen("leads") == []


def test_a_start_without_migrations_leaves_the_views_to_their_readers(db):
    pre_migrate.send(sender=apps.get_app_config("reports"), plan=[])
    with connection.cursor() as cursor:
        ids = "SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = 'report'::regnamespace"
        cursor.execute(ids)
        before = cursor.fetchone()
        trigger_installation.install_functions_and_triggers()
        cursor.execute(ids)
        assert cursor.fetchone() == before


def test_a_backup_leaves_out_the_views_so_that_a_restore_can_create_them(db, tmp_path, monkeypatch):
    # The tests' own copies of shipped rows belong to the superuser.
    signed_in = client_programs.get_connection_environment()
    monkeypatch.setattr(
        client_programs, "get_connection_environment", lambda: {**signed_in, "PGUSER": "postgres"}
    )
    client_programs.dump_database(tmp_path / "database.dump")
    made = run(
        [client_programs.get_program_path("pg_restore"), "--list", str(tmp_path / "database.dump")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "reports_biaccess" in made.stdout
    assert not re.search(r"(SCHEMA|VIEW).* report\b", made.stdout)


def test_the_documentation_names_every_column():
    text = Path(settings.BASE_DIR, "docs/bi.md").read_text()
    for view in VIEWS:
        _head, _found, after = text.partition(f"\n## `report.{view.name}`\n")
        section = after.partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(view.columns), view.name
