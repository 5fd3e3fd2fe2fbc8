"""`manage.py backup_key FILE`: makes the pair of keys for encrypted backups."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from crm.platform.backup.backup_encryption import create_key_file


class Command(BaseCommand):
    help = "Write a new private key for encrypted backups to a file, and print its public key."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            public = create_key_file(file.absolute())
        except OSError as error:
            sys.exit(f"No key was made. {file} can't be written: {error.strerror}.")
        self.stdout.write(
            f"LEADWELL_BACKUP_KEYS={public}\n"
            f"Set this for Leadwell. The private key is in {file}: move it to a safe place on another machine. "
            "Without it, no one can read the backups."
        )
