"""Limits for attached files: shown at the form, checked before a file is kept."""

from django.conf import settings
from django.utils.translation import gettext as _

# At once, in one form.
FILES = 10
LONGEST_NAME = 200
# An image with more is kept without a thumbnail. While it is read, each takes up to eight bytes of memory.
PIXELS = 25_000_000


def most_bytes() -> int:
    return settings.FILE_MEGABYTES * 1_000_000


def limits_in_words() -> str:
    words = _("Up to %(files)s files, each up to %(megabytes)s MB. Executable files can’t be attached.")
    return words % {"files": FILES, "megabytes": settings.FILE_MEGABYTES}


def limits_of_email_in_words() -> str:
    words = _("Up to %(files)s files, together up to %(megabytes)s MB. Executable files can’t be attached.")
    return words % {"files": FILES, "megabytes": settings.FILE_MEGABYTES}
