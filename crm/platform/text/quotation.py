"""Names in quotation marks within sentences that code puts together: which marks those are depends on the language."""

from django.utils.translation import gettext as _


def quote_text(text: object) -> str:
    """The text in the quotation marks of the reader's language."""
    return _("“%(text)s”") % {"text": text}
