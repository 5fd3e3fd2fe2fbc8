"""`manage.py backup`: saves database and files in one tar while people work."""

import sys

from django.core.management.base import BaseCommand

from crm.platform.backup.backup import BackupRefused, write_backup
from crm.platform.database.connection_settings import connect_directly


class Command(BaseCommand):
    help = "Save database and files in one tar under LEADWELL_DATA/backups."

    def handle(self, *args, **options):
        connect_directly()
        try:
            target = write_backup(self.stdout.write)
        except (BackupRefused, OSError) as error:
            sys.exit(f"No backup was made. {error}")
        self.stdout.write(f"{target} ({target.stat().st_size / 1_000_000:,.1f} MB)")
