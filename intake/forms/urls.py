"""The URLs of web forms in Settings."""

from django.urls import path

from intake.forms.views import questions, stop_words, submissions, web_form, web_forms

app_name = "intake_forms"
urlpatterns = [
    path("", web_forms.web_forms, name="list"),
    path("/new", web_form.web_form_new, name="new"),
    path("/stop-words", stop_words.stop_words, name="stop_words"),
    path("/stop-words/<int:pk>/delete", stop_words.stop_word_delete, name="stop_word_delete"),
    path("/<int:pk>", web_form.web_form, name="form"),
    path("/<int:pk>/edit", web_form.web_form_edit, name="edit"),
    path("/<int:pk>/questions", questions.web_form_questions, name="questions"),
    path("/<int:pk>/delete", web_form.web_form_delete, name="delete"),
    path("/<int:pk>/submissions", submissions.web_form_submissions, name="submissions"),
    path("/submissions/<int:pk>", submissions.submission, name="submission"),
    path("/submissions/<int:pk>/process", submissions.submission_process, name="process"),
]
