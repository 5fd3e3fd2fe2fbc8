"""`manage.py compile_messages`: compiles the translations without system tools."""

from django.core.management.base import BaseCommand

from crm.platform.server.translations import compile_messages


class Command(BaseCommand):
    help = "Compile the translations that have changed."

    def handle(self, *args, **options):
        for file in compile_messages():
            self.stdout.write(str(file))
