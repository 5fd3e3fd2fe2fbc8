"""The code with which another site shows a form: in a frame, or as a plain HTML form."""

from django.template.loader import render_to_string
from django.utils import translation

from crm.platform.web.rendering.html_building import html
from intake.forms.public.public_form import PublicForm, replace_empty_choice
from intake.models import WebForm

HEIGHT = 720


def render_frame_code(form: WebForm) -> str:
    code = html('<iframe src="{}" title="{}" width="100%" height="{}"></iframe>', form.url, form.name, HEIGHT)
    # As text that the page shows.
    return code + ""


def render_plain_code(form: WebForm) -> str:
    """All questions on one page, without styles."""
    last = max((question["step"] for question in form.questions), default=1)
    with translation.override(form.language):
        asked = PublicForm(form, step=last)
        for field in asked.fields.values():
            replace_empty_choice(field)
        fields = [asked[name] for name in asked.fields]
        return render_to_string("intake/forms/_plain.html", {"web_form": form, "fields": fields}).strip()
