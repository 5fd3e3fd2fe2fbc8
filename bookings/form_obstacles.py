"""Why a web form can't ask the questions of a booking page: a booking makes its lead at once, from one page, and writes to the visitor."""

from django.utils.translation import gettext as _

from intake.forms.questions import FILES, get_usable_questions
from intake.models import WebForm


def get_form_obstacle(form: WebForm) -> str:
    """A sentence, or ''."""
    questions = get_usable_questions(form.questions)
    if form.retired or not form.published:
        return _("The web form isn’t published.")
    if form.confirms:
        return _(
            "The web form asks visitors to confirm their email address. Turn that off or choose another form."
        )
    if any(each.field == FILES for each in questions):
        return _("The web form asks for files. Choose a form without them.")
    if len({each.step for each in questions if not each.hidden}) > 1:
        return _("The web form has several steps. Choose a form with one step.")
    email = next((each for each in questions if each.field == "email"), None)
    if email is None or not email.required or email.hidden or email.if_field:
        return _(
            "The web form doesn’t require an email address from everyone. Require it or choose another form."
        )
    return ""
