"""How the file of an export is called."""

import pytest

from crm.models import Export, SavedView
from tests.crm.transfer.exports.exporting import export

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_a_file_is_named_after_its_view_unless_the_view_was_changed(sign_in, ann, make_lead):
    make_lead()
    view = SavedView.objects.create(table="lead", owner=ann, name="Open ones", query="q=Pop")
    for query, name in ((f"view={view.pk}&q=Pop", "open-ones-"), (f"view={view.pk}&q=Rusu", "leads-")):
        export(sign_in(ann), query)
        assert Export.objects.newest_first()[0].name.startswith(name)
