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
        from accounts.navigation import get_navigation_pages
        from accounts.ownership import notifications, reasons  # noqa: F401 - they register their parts
        from accounts.push import push_delivery
        from accounts.reminders import task_reminders  # noqa: F401 - they register their parts
        from accounts.roles.sharing_audiences import (
            get_department_choices,
            get_role_choices,
            roles_of_fields,
        )
        from accounts.users import account_changes, undo_check  # noqa: F401 - they register their parts
        from accounts.users.first_administrator import announce_first_administrator, check_environment
        from accounts.users.uses import uses_of_user
        from accounts.working_time.calendar import find_openings
        from accounts.working_time.working_time_sql import build_working_after_sql
        from crm.platform.server import demo, preparation
        from crm.platform.sql import trigger_installation
        from crm.platform.web import notifications as told
        from crm.platform.web import palette_pages as jump
        from crm.records.custom_fields.forms import access
        from crm.records.history.verbs import edit
        from crm.records.kinds import uses
        from crm.records.listing import saved_view_form
        from crm.work.tasks import call_backs

        trigger_installation.FUNCTIONS.append(build_working_after_sql(settings.TIME_ZONE))
        saved_view_form.AUDIENCES += [get_department_choices, get_role_choices]
        access.ROLES.append(roles_of_fields)
        edit.FOLLOWERS.append(notifications.follow_values)
        uses.FINDERS.append(uses_of_user)
        call_backs.OPENINGS.append(find_openings)
        told.FOLLOWERS.append(push_delivery.queue_push_messages)
        demo.PARTS.append(PART)
        jump.SOURCES.append(get_navigation_pages)
        preparation.FIRST_PEOPLE.append(announce_first_administrator)
        preparation.FIRST_PEOPLE_CHECKS.append(check_environment)
        post_migrate.connect(install_shipped, sender=apps.get_app_config("procrastinate"))


def install_shipped(**_signal) -> None:
    """After the last app has migrated: add roles and a department if the database has none."""
    from accounts.roles import initial_data

    initial_data.install_roles_and_department(
        [config for config in apps.get_app_configs() if config.label in settings.PRODUCT_APPS]
    )
