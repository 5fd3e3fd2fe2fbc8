"""`manage.py create_token`: creates a token for scripts and prints it once."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.tokens.new_tokens import save_new_token
from crm.api.token_scopes import get_possible_rights
from crm.models import Token


class Command(BaseCommand):
    help = "Create an API token for a user and print it. It can do everything the user can."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="the user of the token")
        parser.add_argument("--name", required=True, help="the program that uses the token")
        parser.add_argument("--read-only", action="store_true", help="allow only reading and searching")
        parser.add_argument("--days", type=int, help="expire after this many days")

    def handle(self, *args, email, name, read_only, days, **options):
        user = User.objects.active().with_rights().with_email(email).first()
        if user is None:
            raise CommandError(f"There is no active user with the email {email}.")
        rights = [
            right
            for right in get_possible_rights(user)
            if not read_only or right.endswith((".get", ".search"))
        ]
        token = Token(user=user, name=name[:100], rights=rights)
        if days is not None:
            token.expires_on = timezone.localdate() + timedelta(days=days)
        secret = token.set_new_secret()
        token.full_clean()
        save_new_token(token, by=None)
        self.stdout.write(secret)
