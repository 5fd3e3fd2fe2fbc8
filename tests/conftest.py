"""The named cast and the few things that tests need of the world.

Sales: ann manages, bob and ben sell, oscar operates. Export: carla manages, dan sells. Everywhere: sofia the Super
Operator, conrad the Company Manager, ada the Administrator.
"""

import json
import logging
import shutil
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connections
from django.test import override_settings

from accounts.models import Department, Membership, Role, User
from accounts.roles.permission_names import keep_permission_names
from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CustomField, Tag, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company, Contact
from leads.models import Lead, LostReason, Pipeline, Source, Status
from tests.cast import CAST, PASSWORD, read_cast, write_cast, write_departments
from tests.database import shipped_rows, vacuumed
from tests.database.migrated import keep_database, use_kept_database
from tests.database.replayed import start_above


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    use_kept_database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that doesn't ask for the database gets none, whatever ran before it."""
    with ExitStack() as lasting:
        with django_db_blocker.unblock():
            keep_database()
            # Otherwise the first test of each process would count one query more.
            keep_permission_names()
            start_above()
            lasting.enter_context(shipped_rows.restored_after_each_commit())
            lasting.enter_context(vacuumed.after_each_twenty())
        yield
    # PostgreSQL waits five seconds for other sessions before it refuses to drop their database. Django closes the
    # connection that made it, but not the second one, which jobs use.
    connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def answers_at_once():
    """Paced answers don't wait, except in the tests of their pace."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("crm.platform.web.middleware.response_timing.STEP", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def settings_of_all_tests(django_test_environment, tmp_path_factory):
    """Set once: each change of a setting tells dozens of receivers, before and after."""
    folder = tmp_path_factory.mktemp("kept")
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(
        STORAGES=storages,
        MEDIA_ROOT=folder / "files",
        TEMPORARY=folder / "temporary",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        AXES_ENABLED=False,
    ):
        yield folder


@pytest.fixture(autouse=True)
def no_files_left(settings_of_all_tests):
    """A test finds no files of another one, nor what is kept beside them."""
    yield
    for path in settings_of_all_tests.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def departments(db):
    write_departments()
    by_name = {row.name: row for row in Department.objects.filter(name__in=["Sales", "Export"])}
    return SimpleNamespace(sales=by_name["Sales"], export=by_name["Export"])


@pytest.fixture
def cast(departments):
    """All people by first name."""
    write_cast()
    return SimpleNamespace(**{user.name.lower(): user for user in read_cast()})


def make_user(name: str, role: str, departments=(), **values):
    """A user with their rights already looked up, as a request has them."""
    user = User.objects.create_user(
        f"{name}@example.com", values.pop("full_name", name.title()), PASSWORD, **values
    )
    if role:
        user.groups.add(Role.objects.get(key=role))
    Membership.objects.bulk_create(
        Membership(user=user, department=department, position=place)
        for place, department in enumerate(departments)
    )
    return User.objects.with_rights().get(pk=user.pk)


def _person(name):
    @pytest.fixture(name=name)
    def person(cast):
        return getattr(cast, name)

    return person


ann, bob, ben, oscar, carla, dan, sofia, conrad, ada = map(_person, CAST)


@pytest.fixture
def statuses(db):
    return SimpleNamespace(**{status.key: status for status in Status.objects.exclude(key="")})


@pytest.fixture
def sources(db):
    return SimpleNamespace(**{source.key: source for source in Source.objects.exclude(key="")})


@pytest.fixture
def reasons(db):
    return SimpleNamespace(**{reason.key: reason for reason in LostReason.objects.exclude(key="")})


@pytest.fixture
def make_company(departments):
    """make_company("Omnia", owner=bob, domain="omnia.example", …) in the department Sales, recorded as an operation."""

    def make(name: str = "Omnia", **values) -> Company:
        with operation("test", by=None):
            company = Company.objects.create(**{"name": name, "department": departments.sales, **values})
        company.refresh_from_db()
        return company

    return make


@pytest.fixture
def make_contact(departments):
    """make_contact("Ana Albu", owner=bob, company=…), in the same way."""

    def make(name: str = "Ana Albu", **values) -> Contact:
        first, _space, last = name.rpartition(" ")
        values = {"department": departments.sales, **values}
        with operation("test", by=None):
            return Contact.objects.create(first_name=first, last_name=last, **values)

    return make


@pytest.fixture
def lead_of(departments, statuses, sources):
    """lead_of("Jan Novák", owner=bob, status="contacted", …) is a lead in the department Sales, not yet saved."""

    def filled(name: str = "Jan Novák", **values) -> Lead:
        first, _space, last = name.rpartition(" ")
        for key, things in (("status", statuses), ("source", sources)):
            if isinstance(values.get(key), str):
                values[key] = getattr(things, values[key])
        fields = {
            "first_name": first,
            "last_name": last,
            "department": departments.sales,
            "status": statuses.new,
            "source": sources.website,
            **values,
        }
        for name in Lead.never_before_added:
            if name in values:
                fields.setdefault("created_at", values[name])
        return Lead(**fields)

    return filled


@pytest.fixture
def make_lead(lead_of):
    """make_lead("Jan Novák", owner=bob, status="contacted", …): the same lead, recorded as an operation."""

    def make(name: str = "Jan Novák", **values) -> Lead:
        lead = lead_of(name, **values)
        with operation("test", by=None):
            lead.save(force_insert=True)
        lead.refresh_from_db()
        return lead

    return make


@pytest.fixture
def make_task(db):
    """make_task("Call", lead, user=bob, due_on=…)"""

    def make(title: str, record, **values) -> Task:
        with operation("test", by=None):
            return Task.objects.create(title=title, of=record.table, record=record.pk, **values)

    return make


@pytest.fixture
def make_tag(db):
    def make(name: str) -> Tag:
        with operation("test", by=None):
            return Tag.objects.create(name=name)

    return make


@pytest.fixture
def sales(statuses):
    return statuses.new.pipeline


@pytest.fixture
def renewals(sales):
    """A second pipeline with the statuses New, Talking (contacted), Renewed (won), Gone (lost)."""
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Renewals", position=1)
        rows = [("New", "new"), ("Talking", "contacted"), ("Renewed", "won"), ("Gone", "lost")]
        Status.objects.bulk_create(
            Status(pipeline=pipeline, name=name, kind=kind, position=place, is_default=place == 0)
            for place, (name, kind) in enumerate(rows)
        )
    return pipeline


@pytest.fixture
def make_status(statuses):
    def make(name: str, **values) -> Status:
        with operation("test", by=None):
            given = {"pipeline": statuses.new.pipeline, "position": 50, "kind": "contacted", **values}
            return Status.objects.create(name=name, **given)

    return make


@pytest.fixture
def sign_in(client):
    """sign_in(ann) gives a browser without JavaScript in which ann is signed in."""

    def signed_in(user):
        client.force_login(user, backend="accounts.sign_in.EmailBackend")
        return client

    return signed_in


@pytest.fixture
def someone_with(departments):
    """someone_with("view_status", "add_status") is a user of Sales who holds nothing but these permissions."""

    def made(*codenames: str, name: str = "eve"):
        user = make_user(name, "", [departments.sales])
        role = Role.objects.create(name=f"only {name}")
        role.permissions.set(Permission.objects.filter(codename__in=codenames))
        user.groups.add(role)
        return User.objects.with_rights().get(pk=user.pk)

    return made


@pytest.fixture
def noted(django_capture_on_commit_callbacks):
    """noted(lambda: browser.post(…)) are the lines of the security log that this has left once it is committed."""

    def lines_of(act) -> list[dict]:
        found: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: found.append(record.getMessage())
        log = logging.getLogger("leadwell.security")
        log.addHandler(handler)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                act()
        finally:
            log.removeHandler(handler)
        return [json.loads(line) for line in found]

    return lines_of


@pytest.fixture
def make_field(db):
    """make_field("Course", "choice", choices=["Maths", "Music"], …): a custom field of leads, as a model field."""

    def make(name: str, type: str = "text", *, of: str = "lead", choices=(), **values):
        if type == "link":
            values = {"links_to": "company", "other_side": f"{name}, other side", **values}
        kept = [{"key": f"o{place}", "name": choice} for place, choice in enumerate(choices, 1)]
        with operation("test", by=None):
            made = CustomField.objects.create(table_of=of, name=name, type=type, choices=kept, **values)
        return get_custom_field(of, made.key)

    return make


@pytest.fixture(params=["lead", "company"])
def closed(request, ada, bob, make_lead, make_company, make_field):
    """For leads and companies: the kind, a record of Bob's, and its custom field that only administrators may edit."""
    kind = KINDS[request.param]
    row = make_lead(owner=bob) if kind.name == "lead" else make_company(owner=bob)
    field = make_field("Grade", of=kind.name, editors=[ada.groups.get().pk])
    carry_out(kind.edit({field.name: "A"}), kind.model.objects.filter(pk=row.pk), by=ada)
    return kind, row, field
