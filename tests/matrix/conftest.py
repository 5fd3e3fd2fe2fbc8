"""One world for all tests of a file, in one transaction that is never committed."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.crm.transfer.exports.exporting import Whole
from tests.database.vacuumed import world_known_to_planner
from tests.matrix.asking import Asker
from tests.matrix.world import World


@pytest.fixture(scope="package")
def asker(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=folder),
        # An export file is written over a separate connection, which can't see this world.
        patch("crm.transfer.exports.export_response.start_export_writing", return_value=Whole(b"the file")),
        patch("crm.records.history.audit_log.views.audit_log.stream_workbook", return_value=[b"the file"]),
        # No page of this world is so late that it records the use of its session.
        patch("accounts.authentication.sessions.EXACT", timedelta(days=1)),
        # Everyone entered their password when the world was made, and a busy machine needs longer for all its tests.
        patch("crm.platform.web.password_confirmation.LASTS", timedelta(days=1)),
    ):
        # Otherwise every denial would be logged with its traceback.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        made = Asker(World())
        made.folder = folder
        # Checked here; what waits to be checked would be checked again after each test.
        connection.check_constraints()
        with world_known_to_planner():
            yield made
        logging.getLogger("django.request").setLevel(logging.NOTSET)
        transaction.set_rollback(True)


@pytest.fixture
def files_of_the_world(settings, asker):
    settings.MEDIA_ROOT = asker.folder
