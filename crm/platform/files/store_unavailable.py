"""The file store that can't be reached: for now, unlike a file that is missing."""

from django.utils.translation import gettext as _


class StoreAway(Exception):
    """The store can't be reached, or doesn't let Leadwell in. The text is for the log, `sentence` for people."""


class StoreRefuses(StoreAway):
    """The store answers, but the settings are wrong: there is no such bucket, or the credentials aren't accepted."""


def get_store_away_sentence() -> str:
    return _("The file store can’t be reached. Nothing was changed. Try again in a few minutes.")
