"""`manage.py mark_files`: marks the file store as the one of this installation, after its files were moved."""

import sys

from django.core.management.base import BaseCommand

from crm.platform.files.store import StoreAway
from crm.platform.files.store_location import mark_store


class Command(BaseCommand):
    help = "Mark the folder or bucket in LEADWELL_FILES as the file store of this installation."

    def handle(self, *args, **options):
        try:
            mark_store()
        except StoreAway as error:
            sys.exit(f"The file store can't be reached. {error}")
        self.stdout.write("Marked.")
