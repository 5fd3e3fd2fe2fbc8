"""`manage.py readme`: updates the table of settings in the README."""

from django.core.management.base import BaseCommand

from crm.platform.configuration import readme


class Command(BaseCommand):
    help = "Update the table of settings in README.md."

    def handle(self, *args, **options):
        self.stdout.write(
            "README.md updated." if readme.write_settings_table() else "README.md is up to date."
        )
