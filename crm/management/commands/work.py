"""`manage.py work`: the worker that runs queued jobs."""

import sys

import psycopg
from django.core.management.base import BaseCommand
from procrastinate.exceptions import ConnectorException

from crm.platform.database.checks import DatabaseAway, refuse_pooler, refuse_unfit_database
from crm.platform.database.connection_settings import connect_directly
from crm.platform.jobs.worker import WorkerLost, run_worker
from crm.platform.server.child_processes import TRY_LATER


class Command(BaseCommand):
    help = "Run queued jobs until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--alone", action="store_true", help="No other worker uses this database.")

    def handle(self, *args, alone, **options):
        try:
            connect_directly()
            refuse_pooler()
            refuse_unfit_database()
            run_worker(alone=alone)
        except (DatabaseAway, WorkerLost, ConnectorException, psycopg.Error) as error:
            self.stderr.write(f"The worker lost the database. {error}".strip())
            sys.exit(TRY_LATER)
