"""Users, departments, and roles: who can see and change what."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import checks, health  # noqa: F401 - they register their parts
        from accounts.authentication import sessions, sign_in_log  # noqa: F401 - they register their parts
        from accounts.demo import PART
        from accounts.navigation import places
        from accounts.ownership import notifications, reasons  # noqa: F401 - they register their parts
        from accounts.push import push_delivery
        from accounts.reminders import task_reminders  # noqa: F401 - they register their parts
        from accounts.roles.sharing_audiences import departments, roles, roles_of_fields
        from accounts.users import account_changes, undo_check  # noqa: F401 - they register their parts
        from accounts.users.first_administrator import announce, check_environment
        from accounts.users.uses import uses_of_user
        from accounts.working_time.working_time_sql import working_after
        from crm.platform.server import demo, preparation
        from crm.platform.sql import trigger_installation
        from crm.platform.web import notifications as told
        from crm.platform.web import palette_pages as jump
        from crm.records.custom_fields.forms import access
        from crm.records.history.verbs import edit
        from crm.records.kinds import uses
        from crm.records.listing import saved_view_form

        trigger_installation.FUNCTIONS.append(working_after(settings.TIME_ZONE))
        saved_view_form.AUDIENCES += [departments, roles]
        access.ROLES.append(roles_of_fields)
        edit.FOLLOWERS.append(notifications.follow_values)
        uses.FINDERS.append(uses_of_user)
        told.FOLLOWERS.append(push_delivery.follow)
        demo.PARTS.append(PART)
        jump.SOURCES.append(places)
        preparation.FIRST_PEOPLE.append(announce)
        preparation.FIRST_PEOPLE_CHECKS.append(check_environment)
        post_migrate.connect(install_shipped, sender=apps.get_app_config("procrastinate"))


def install_shipped(**_signal) -> None:
    """After the last app has migrated: add roles and a department if the database has none."""
    from accounts.roles import initial_data

    initial_data.install(
        [config for config in apps.get_app_configs() if config.label in settings.PRODUCT_APPS]
    )
