"""`manage.py makemessages`: Django's own, plus the names under which this code imports gettext a second time."""

from django.core.management.commands import makemessages

# `_` is the lazy one in modules that need both, or the other way round.
ALSO = ("_lazy", "_now")


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={name}" for name in ALSO)]
