"""`manage.py reset_two_step`: for a user who has lost everything when no administrator can help."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factor.second_factor import reset_second_factor


class Command(BaseCommand):
    help = "Reset the two-step verification of a user, who then signs in with the password alone."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="the user who has lost their phone and codes")

    def handle(self, *args, email, **options):
        user = User.objects.active().with_email(email).first()
        if user is None:
            raise CommandError(f"There is no active user with the email {email}.")
        if not reset_second_factor(user, by=None):
            raise CommandError(f"{user.email} doesn't use two-step verification.")
        self.stdout.write(
            f"{user.email} signs in with the password alone now, and was signed out everywhere."
        )
