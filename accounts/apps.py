"""Users, departments, roles, and who may see and change what."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - registers them

        post_migrate.connect(install_shipped, sender=apps.get_app_config("procrastinate"))


def install_shipped(**_kwargs) -> None:
    """After the last app has migrated: roles, statuses and so on, where the database has none."""
    from accounts import shipped as accounts_shipped
    from leads import shipped as leads_shipped

    accounts_shipped.install(
        [apps.get_app_config(label) for label in ("accounts", "leads", "mailings", "crm")]
    )
    leads_shipped.install()
