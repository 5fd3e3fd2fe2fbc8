#!/usr/bin/env python3
"""The command line of Leadwell; `manage.py run` starts everything."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from crm.platform.configuration.environment import SettingError

    # What is loaded stays: looking through it for garbage again and again takes a fifth of each start.
    gc.disable()
    try:
        import django
        from django.core.management import execute_from_command_line

        from crm.platform.database.connection_settings import run_embedded_server

        with run_embedded_server(sys.argv[1:2]):
            django.setup()
            gc.freeze()
            gc.enable()
            execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(f"Leadwell can't start.\n{error}")


if __name__ == "__main__":
    main()
