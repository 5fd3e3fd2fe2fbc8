"""`manage.py work`: the worker that does the queued jobs."""

import sys

import psycopg
from django.core.management.base import BaseCommand
from procrastinate.exceptions import ConnectorException

from crm.checks import refuse_unfit_database
from crm.worker import WorkerLost, work


class Command(BaseCommand):
    help = "Do the queued jobs until it is told to stop."

    def add_arguments(self, parser):
        parser.add_argument("--alone", action="store_true", help="No other worker uses this database.")

    def handle(self, *args, alone, **options):
        refuse_unfit_database()
        try:
            work(alone=alone)
        except (WorkerLost, ConnectorException, psycopg.Error) as error:
            reason = f" ({error})" if str(error) else ""
            sys.exit(f"The worker has lost the database{reason}.")
