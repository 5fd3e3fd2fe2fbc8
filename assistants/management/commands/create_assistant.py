"""`manage.py create_assistant`: creates a token for an assistant and prints it once."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.tokens.new_tokens import save_new_token
from assistants.models import AssistantLimits
from assistants.rights import get_first_rights
from crm.models import Token


class Command(BaseCommand):
    help = "Create a token for an assistant of a user and print it. It may not delete or send anything."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="the user for whom the assistant acts")
        parser.add_argument("--name", required=True, help="the assistant")
        parser.add_argument("--read-only", action="store_true", help="allow only reading and searching")

    def handle(self, *args, email, name, read_only, **options):
        user = User.objects.active().with_rights().with_email(email).first()
        if user is None:
            raise CommandError(f"There is no active user with the email {email}.")
        token = Token(user=user, name=name[:100], purpose=Token.Purpose.ASSISTANT)
        token.rights = get_first_rights(user, read_only=read_only)
        secret = token.set_new_secret()
        token.full_clean()
        with transaction.atomic():
            save_new_token(token, by=None)
            AssistantLimits.objects.create(token=token)
        self.stdout.write(secret)
