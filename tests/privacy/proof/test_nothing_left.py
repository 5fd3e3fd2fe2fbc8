"""The proof of an erasure: a dump of the database and all files, before and after everything that could bring a person back."""

from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Restore
from crm.records.kinds.kind_registry import KINDS
from tests.privacy.conftest import DIGITS, WANTED
from tests.privacy.searching import found_in_dump, found_in_files

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

# Where Zebulon is before: tables in the dump, and folders.
IN_TABLES = """
crm_activity crm_apireply crm_attachedfile crm_change crm_frozenset crm_import crm_importrow crm_invitation
crm_invitationanswer crm_job crm_notification crm_operation crm_plannedrow crm_savedview crm_task crm_uniquevalue
customers_company customers_contactvalues customers_companysearch customers_companyvalues customers_consent customers_contact customers_contactsearch
customers_deal customers_dealcontact customers_dealsearch customers_dealvalues customers_employment customers_request
customers_requestsearch intake_incomingcall intake_stopword intake_submission leads_assignmentrule leads_lead leads_scorerule
leads_leadsearch leads_leadvalues leads_unsubscribe mailboxes_message mailings_delivery mailings_listunsubscribe
mailings_mailinglink mailings_suppression privacy_retentionexemption procrastinate_jobs reports_dashboard reports_dashboardpart
reports_pin reports_readreport
reports_report reports_reportschedule crm_tag crm_template crm_customfield crm_importmapping customers_requestvalues
intake_webform mailings_mailingfile mailings_mailinglist mailings_mailingtemplate
"""
IN_FOLDERS = {"attached", "exports", "imports", "logs", "mail"}


def assert_nothing_is_found(folder) -> None:
    assert found_in_dump(WANTED, DIGITS) == []
    assert found_in_files(folder, WANTED, DIGITS) == []


def undo_all(user) -> int:
    """Every operation, the newest first, and then the undos themselves. Returns how many could be undone."""
    done = 0
    for record in [*Operation.objects.order_by("-pk")]:
        with suppress(UndoRefused, PermissionDenied):
            revert_operation(record, by=user)
            done += 1
    return done


def restore_all(user) -> int:
    """Everything in Trash."""
    done = 0
    for kind in KINDS.values():
        with suppress(PermissionDenied):
            done += len(carry_out(Restore(), kind.model.objects.in_trash(), by=user).changed)
    return done


def test_a_dump_and_all_files_have_nothing_of_an_erased_person_whatever_is_undone(every_door, erased, ada):
    found = found_in_dump(WANTED, DIGITS)
    assert set(IN_TABLES.split()) - {line.partition(":")[0] for line in found} == set()
    assert any(line.startswith("crm_auditentry") for line in found)
    files = found_in_files(every_door.folder, WANTED, DIGITS)
    assert {line.rpartition("/")[0].rpartition("/")[2] for line in files} == IN_FOLDERS
    erased(every_door.records)
    assert_nothing_is_found(every_door.folder)
    assert restore_all(ada)
    assert_nothing_is_found(every_door.folder)
    assert undo_all(ada) > 10
    assert_nothing_is_found(every_door.folder)
    assert undo_all(ada) > 10
    restore_all(ada)
    assert_nothing_is_found(every_door.folder)
