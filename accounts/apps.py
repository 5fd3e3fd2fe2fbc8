"""Users, departments, and roles: who can see and change what."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import (  # noqa: F401 - they register their parts
            account_changes,
            checks,
            health,
            notices,
            push,
            reasons,
            reminders,
            sessions,
            sign_in_log,
            undo_first,
        )
        from accounts.audiences import departments, roles, roles_of_fields
        from accounts.demo import PART
        from accounts.first_administrator import announce, check_environment
        from accounts.navigation import places
        from accounts.uses import uses_of_user
        from accounts.working_time_sql import working_after
        from crm.custom import access_form
        from crm.records import installing, uses, view_form
        from crm.records.verbs import edit
        from crm.server import demo, prepare
        from crm.web import notices as told
        from crm.web import places as jump

        installing.FUNCTIONS.append(working_after(settings.TIME_ZONE))
        view_form.AUDIENCES += [departments, roles]
        access_form.ROLES.append(roles_of_fields)
        edit.FOLLOWERS.append(notices.follow_values)
        uses.FINDERS.append(uses_of_user)
        told.FOLLOWERS.append(push.follow)
        demo.PARTS.append(PART)
        jump.SOURCES.append(places)
        prepare.FIRST_PEOPLE.append(announce)
        prepare.FIRST_PEOPLE_CHECKS.append(check_environment)
        post_migrate.connect(install_shipped, sender=apps.get_app_config("procrastinate"))


def install_shipped(**_signal) -> None:
    """After the last app has migrated: add roles and a department if the database has none."""
    from accounts import shipped

    shipped.install([config for config in apps.get_app_configs() if config.label in settings.PRODUCT_APPS])
