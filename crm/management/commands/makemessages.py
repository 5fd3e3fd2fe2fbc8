"""`manage.py makemessages`: Django's own, which also knows the names under which this code imports gettext a second time."""

from django.core.management.commands import makemessages

# `_` is the lazy one where a module needs both, or the other way round.
ALSO = ("_lazy", "_now")


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, *(f"--keyword={name}" for name in ALSO)]
