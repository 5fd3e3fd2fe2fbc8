"""The stop words of all web forms, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from intake.forms.settings.stop_word_form import StopWordForm
from intake.models import StopWord


@permission_required("intake.change_webform", raise_exception=True)
@one_at_a_time
def stop_words(request):
    form = StopWordForm(get_posted_data(request))
    if form.is_bound and form.is_valid():
        with record_settings_change("add_stop_word", by=request.user) as record:
            record.parameters["rows"] = [form.save().pk]
        show_change_message(
            request, record, _("Added the stop word “%(word)s”.") % {"word": form.instance.text}
        )
        return redirect("intake_forms:stop_words")
    context = {"form": form, "words": StopWord.objects.by_text()}
    return render_response(
        request, "intake/forms/stop_words.html", context, status=422 if form.is_bound else 200
    )


@permission_required("intake.change_webform", raise_exception=True)
@require_POST
@one_at_a_time
def stop_word_delete(request, pk):
    word = StopWord.objects.filter(pk=pk).first()
    if word is None:
        raise Http404
    with record_settings_change("delete_stop_word", by=request.user, rows=[pk]) as record:
        StopWord.objects.filter(pk=pk).delete()
    show_change_message(request, record, _("Deleted the stop word “%(word)s”.") % {"word": word.text})
    return redirect("intake_forms:stop_words")
