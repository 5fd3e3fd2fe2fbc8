"""Who took data out stands in the security log: the export, its approval and each later download of its file."""

import pytest
from django.urls import reverse

from crm.models import Export
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.exports.test_approval import ask, decide, fetch

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_an_export_and_each_download_of_its_file_are_noted(sign_in, ann, make_lead, noted):
    make_lead()
    browser = sign_in(ann)
    (line,) = noted(lambda: export(browser))
    made = Export.objects.get()
    assert (line["event"], line["user"], line["export"], line["table"]) == ("export", ann.pk, made.pk, "lead")
    assert line["file"] == made.name
    assert line["request"]
    (line,) = noted(lambda: b"".join(browser.get(reverse("exports:file", args=[made.pk])).streaming_content))
    assert (line["event"], line["user"], line["export"], line["rows"]) == (
        "export_fetched",
        ann.pk,
        made.pk,
        1,
    )


def test_asking_for_approval_and_the_answer_are_noted(sign_in, ann, ada, make_lead, settings, noted):
    settings.EXPORT_APPROVAL_ABOVE = 1
    make_lead(), make_lead("Jan Two")
    asked, browser = [], sign_in(ann)
    (line,) = noted(lambda: asked.append(ask(browser)))
    assert (line["event"], line["user"], line["export"], line["rows"]) == (
        "export_asked",
        ann.pk,
        asked[0].pk,
        2,
    )
    browser = sign_in(ada)
    (line,) = noted(lambda: decide(browser, asked[0], "approve"))
    assert (line["event"], line["user"], line["of"], line["answer"]) == (
        "export_decided",
        ada.pk,
        ann.pk,
        "approve",
    )
    browser = sign_in(ann)
    (line,) = noted(lambda: b"".join(fetch(browser, asked[0]).streaming_content))
    assert (line["event"], line["export"]) == ("export", asked[0].pk)
