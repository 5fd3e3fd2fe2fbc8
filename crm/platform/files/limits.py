"""Limits for attached files: shown at the form, checked before a file is kept."""

from django.conf import settings
from django.utils.translation import gettext as _

# At once, in one form.
MAX_FILES = 10
LONGEST_NAME = 200
# An image with more is kept without a thumbnail. While it is read, each takes up to eight bytes of memory.
MAX_PIXELS = 25_000_000


def get_max_bytes() -> int:
    return settings.FILE_MEGABYTES * 1_000_000


def describe_limits() -> str:
    words = _("Up to %(files)s files, each up to %(megabytes)s MB. Executable files can’t be attached.")
    return words % {"files": MAX_FILES, "megabytes": settings.FILE_MEGABYTES}


def describe_limit() -> str:
    """The same for a single file."""
    words = _("Up to %(megabytes)s MB. Executable files can’t be attached.")
    return words % {"megabytes": settings.FILE_MEGABYTES}


def describe_email_limits() -> str:
    words = _("Up to %(files)s files, together up to %(megabytes)s MB. Executable files can’t be attached.")
    return words % {"files": MAX_FILES, "megabytes": settings.FILE_MEGABYTES}
