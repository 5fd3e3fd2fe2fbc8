"""The models of intake."""

from intake.models.form_view import FormView
from intake.models.stop_word import StopWord
from intake.models.submission import Submission
from intake.models.web_form import WebForm

__all__ = ["FormView", "StopWord", "Submission", "WebForm"]
