"""The stop words of all web forms, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, recorded, say
from intake.forms.settings.stop_word_form import StopWordForm
from intake.models import StopWord


@permission_required("intake.change_webform", raise_exception=True)
@one_at_a_time
def stop_words(request):
    form = StopWordForm(posted(request))
    if form.is_bound and form.is_valid():
        with recorded("add_stop_word", by=request.user) as record:
            record.parameters["rows"] = [form.save().pk]
        say(request, record, _("Added the stop word “%(word)s”.") % {"word": form.instance.text})
        return redirect("intake_forms:stop_words")
    context = {"form": form, "words": StopWord.objects.by_text()}
    return answer(request, "intake/forms/stop_words.html", context, status=422 if form.is_bound else 200)


@permission_required("intake.change_webform", raise_exception=True)
@require_POST
@one_at_a_time
def stop_word_delete(request, pk):
    word = StopWord.objects.filter(pk=pk).first()
    if word is None:
        raise Http404
    with recorded("delete_stop_word", by=request.user, rows=[pk]) as record:
        StopWord.objects.filter(pk=pk).delete()
    say(request, record, _("Deleted the stop word “%(word)s”.") % {"word": word.text})
    return redirect("intake_forms:stop_words")
