"""`manage.py allow_passwords`: turns off "only single sign-on" when neither the provider nor an administrator helps."""

from django.core.management.base import BaseCommand, CommandError

from accounts.single_sign_on.sign_in_policy import allow_passwords
from crm.platform.web.security_log import write_security_line


class Command(BaseCommand):
    help = "Let users sign in with their password again, after only single sign-on was turned on."

    def handle(self, *args, **options):
        if not allow_passwords():
            raise CommandError("Only single sign-on isn't turned on.")
        write_security_line("sign_on_only", before="on", after="off")
        self.stdout.write("Users can sign in with their password again.")
