"""`manage.py run`: starts all of Leadwell and stops it on Ctrl-C."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.platform.configuration.environment import Environment
from crm.platform.monitoring.json_formatter import format_json_line
from crm.platform.server.demo import get_demo_accounts, get_demo_password
from crm.platform.server.process_supervisor import PartStopped, run


class Command(BaseCommand):
    help = "Start the database, the web server, and the worker; Ctrl-C stops them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--only",
            choices=["web", "worker"],
            default="",
            help="Only this part, with your own database.",
        )

    def handle(self, *args, only, **options):
        try:
            run(only, self.say, self.write_welcome)
        except KeyboardInterrupt:
            self.say("Stopped.")
        except PartStopped as stopped:
            sys.exit(f"Leadwell has stopped. {stopped}")

    def say(self, text: str) -> None:
        if settings.ENVIRONMENT.log == "json":
            text = format_json_line(text, "leadwell.run")
        self.stdout.write(text)
        self.stdout.flush()

    def write_welcome(self, environment: Environment) -> None:
        self.say(f"\nLeadwell is running at {environment.url}")
        if environment.demo:
            self.say(f"\nDemo accounts; all have the password {get_demo_password()}\n")
            for email, role in get_demo_accounts():
                self.say(f"  {email:<24}{role}")
        self.say("\nPress Ctrl-C to stop.")
