"""`manage.py readme`: updates the table of settings in the README."""

from django.core.management.base import BaseCommand

from crm.server import readme


class Command(BaseCommand):
    help = "Write the table of settings into README.md."

    def handle(self, *args, **options):
        self.stdout.write("README.md is written." if readme.write() else "README.md says it already.")
