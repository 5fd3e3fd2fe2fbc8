"""Repeat the erasures that were made after a restored backup. `restore` does it too."""

from django.core.management.base import BaseCommand

from privacy.repeated_erasure import repeat_erasures


class Command(BaseCommand):
    help = "Erase again the persons whom an older backup brought back."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"{repeat_erasures()} persons were erased again.")
