"""What the web server loads."""

import gc
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from crm.platform.configuration.environment import SettingError
from crm.platform.server.child_processes import TRY_LATER
from crm.platform.server.frame_memory import reserve_frame_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
# As in manage.py.
gc.disable()
try:
    if settings.ENVIRONMENT.otel:
        from crm.platform.monitoring import traces

        traces.start_tracing("web")
    application = reserve_frame_memory(get_wsgi_application())

    from django.conf import settings
    from django.db import connections

    from crm.platform.database.checks import DatabaseAway, refuse_unfit_database
    from crm.platform.files.storage_settings import is_bucket

    try:
        refuse_unfit_database()
    except DatabaseAway as error:
        print(f"The web server waits for the database. {error}", file=sys.stderr)  # noqa: T201
        sys.exit(TRY_LATER)
    if is_bucket(settings.FILES):
        # Its client takes half a second and 50 MB, which the processes share.
        import crm.platform.files.s3_store  # noqa: F401
    # The processes that the web server forks from this one open their own.
    connections.close_all()
    # What was loaded stays: looking through it for garbage stopped every hundredth page for 100 ms.
    gc.collect()
    gc.freeze()
    gc.enable()
except SettingError as error:
    sys.exit(f"Leadwell can't start.\n{error}")
