"""`manage.py sweep_files`: lists files that no row names, and files that are missing."""

import sys

from django.core.management.base import BaseCommand

from crm.platform.files.attachment_storage import remove_with_thumbnail
from crm.platform.files.orphaned_files import NAMED, find_missing_files, find_unnamed_files, may_sweep
from crm.platform.files.store import StoreAway


class Command(BaseCommand):
    help = "List the files that are older than a day and that no row names, and the files that are missing."

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="Remove the files that no row names.")

    def handle(self, *args, remove, **options):
        try:
            self.sweep(may_remove=remove)
        except StoreAway as error:
            sys.exit(f"The file store can't be reached. {error}")

    def sweep(self, *, may_remove: bool) -> None:
        if may_remove and not may_sweep():
            sys.exit(
                "Nothing was removed: the file store isn't marked as the one of this installation, or a backup was restored "
                "in the last 7 days."
            )
        count = 0
        for folder in NAMED:
            for file in find_unnamed_files(folder):
                count += 1
                self.stdout.write(f"{file} is named by no row.")
                if may_remove:
                    remove_with_thumbnail(file)
        gone = find_missing_files()
        for file in gone:
            self.stdout.write(f"{file} is missing.")
        done = "removed" if may_remove else "named by no row"
        self.stdout.write(f"{count} files {done}, {len(gone)} missing.")
