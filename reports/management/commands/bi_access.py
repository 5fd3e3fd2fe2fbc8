"""`manage.py bi_access NAME --user EMAIL`: gives a BI tool a database role that reads what this user sees."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import User
from crm.platform.database.connection_settings import get_embedded_server
from reports.bi.database_roles import AccessRefused, RoleLine, build_role_lines, grant_role, remove_role


class Command(BaseCommand):
    help = "Give BI tools read-only access to the views in the schema report, list it, or remove it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", nargs="?", help="The name of the database role.")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--user", metavar="EMAIL", help="The role sees what this user sees.")
        what.add_argument("--all", action="store_true", help="The role sees everything.")
        what.add_argument("--list", action="store_true", help="Show all roles and what they see.")
        what.add_argument("--remove", metavar="NAME", help="Remove this role.")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list_access()
            elif options["remove"]:
                self._remove_access(options["remove"])
            else:
                self._give_access(options["name"] or "", options["user"])
        except AccessRefused as error:
            raise CommandError(str(error)) from None

    def _give_access(self, name: str, email: str | None) -> None:
        user = User.objects.with_email(email).first() if email else None
        if email and user is None:
            raise CommandError(f"There is no user with the email {email}.")
        made = grant_role(name, user)
        self.stdout.write(f"{name} sees {f'what {user.email} sees' if user else 'everything'}.")
        self._ask_the_administrator(made.statements)
        self._ask_a_superuser(made.for_superuser)
        database = connection.settings_dict
        self.stdout.write(f"Host:     {database['HOST']}\nDatabase: {database['NAME']}\nUser:     {name}")
        self.stdout.write(f"Password: {made.password}\nThe password isn't shown again.")
        if get_embedded_server(settings.ENVIRONMENT):
            self.stdout.write(
                "The embedded PostgreSQL asks no one for a password and can only be reached by programs that may open "
                "its socket (docs/bi.md)."
            )

    def _list_access(self) -> None:
        found = build_role_lines()
        for line in found:
            self.stdout.write(f"{line.access.role}: {line.visible_data_text}{_describe_missing(line)}")
        if not found:
            self.stdout.write("No BI tool has access.")

    def _remove_access(self, name: str) -> None:
        self._ask_the_administrator(remove_role(name))
        self.stdout.write(f"{name} sees nothing anymore.")

    def _ask_the_administrator(self, statements: list[str]) -> None:
        """What Leadwell's own role may not run."""
        if statements:
            self.stdout.write(
                "Leadwell's database role may not create roles. Ask the database administrator to run:\n\n"
                + "".join(f"    {statement};\n" for statement in statements)
            )

    def _ask_a_superuser(self, statements: list[str]) -> None:
        """Without these, the worker ends sessions with such locks and removes such objects each minute."""
        if statements:
            self.stdout.write(
                "Every role of this database may create large objects and hold locks that Leadwell waits for. Ask a superuser to "
                "run once in this database:\n\n" + "".join(f"    {statement};\n" for statement in statements)
            )


def _describe_missing(line: RoleLine) -> str:
    if not line.is_there:
        return " (this server has no such role; give the access again)"
    return "" if line.has_limits else " (its limits were changed; give the access again)"
