"""`manage.py create_token`: creates a token for scripts and prints it once."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.account_changes import Kind, record
from accounts.models import User
from crm.api.rights import rights_of
from crm.models import Token


class Command(BaseCommand):
    help = "Make an API token for a user and print it. It may do all that the user may."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="whose token it is")
        parser.add_argument("--name", required=True, help="which program uses it")
        parser.add_argument("--read-only", action="store_true", help="it may read and search, nothing else")
        parser.add_argument("--days", type=int, help="for how many days it works")

    def handle(self, *args, email, name, read_only, days, **options):
        user = User.objects.active().with_rights().with_email(email).first()
        if user is None:
            raise CommandError(f"There is no active user with the e-mail {email}.")
        rights = [right for right in rights_of(user) if not read_only or right.endswith((".get", ".search"))]
        token = Token(user=user, name=name[:100], rights=rights)
        if days is not None:
            token.expires_on = timezone.localdate() + timedelta(days=days)
        secret = token.new_secret()
        token.full_clean()
        with transaction.atomic():
            token.save()
            record(user, Kind.TOKEN_ADDED, after=[token.name], by=None)
        self.stdout.write(secret)
