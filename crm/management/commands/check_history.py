"""`manage.py check_history`: rebuilds what triggers derive from the recorded changes, and lists every difference."""

from itertools import islice

from django.core.management.base import BaseCommand

from crm.records.history.history_check import find_history_differences

SHOWN = 50


class Command(BaseCommand):
    help = "Compare timestamps, moves, keys, and search words with the recorded changes."

    def handle(self, *args, **options):
        found = list(islice(find_history_differences(), SHOWN))
        for difference in found:
            self.stdout.write(
                f"{difference.record}: {difference.what} is {difference.stored}, should be {difference.rebuilt}"
            )
        if found:
            self.stdout.write(f"{len(found)} differences{' or more' if len(found) == SHOWN else ''}.")
            raise SystemExit(1)
        self.stdout.write("Everything matches the recorded changes.")
