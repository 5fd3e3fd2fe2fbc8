"""`manage.py restore FILE`: restores a backup into an empty database."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from crm.platform.backup.backup import BackupRefused, restore_backup
from crm.platform.files.store import NotKept, StoreAway


class Command(BaseCommand):
    help = "Restore a backup into an empty database; with --force, replace everything in it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="Replace the database; the previous files are renamed."
        )

        parser.add_argument("--key", type=Path, help="The file with the private key of an encrypted backup.")

    def handle(self, *args, file, force, key, **options):
        try:
            restore_backup(file.absolute(), self.stdout.write, force=force, key=key and key.absolute())
        except BackupRefused as error:
            sys.exit(f"Nothing was restored. {error}")
        except (OSError, StoreAway, NotKept) as error:
            sys.exit(f"The restore did not come to its end: {error}. Repeat it with --force.")
        self.stdout.write("Restored.")
