"""`manage.py demo --leads 1000000`: grows the demo company to that many leads."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.platform.server import demo


class Command(BaseCommand):
    help = "Load the demo company, or grow it to a number of leads."

    def add_arguments(self, parser):
        parser.add_argument("--leads", type=int, default=demo.FIRST_SIZE)

    def handle(self, *args, leads, **options):
        if not settings.DEMO:
            raise CommandError("This is a production system. The demo company requires LEADWELL_MODE=demo.")
        self.stdout.write(f"{demo.grow_demo(leads, self.stdout.write):,} records added.")
