"""`make cluster`: starts the whole cluster on this machine, prints the address, and stops it on Ctrl-C."""

import os
import secrets
import signal
import sys
from pathlib import Path
from threading import Event

from crm.platform.configuration.environment import ROOT, SettingError
from deploy.cluster.machines import Cluster


def main() -> None:
    folder = Path(os.environ.get("CLUSTER_DATA") or ROOT / "var" / "cluster")
    password = password_in(folder)
    cluster = Cluster(
        folder,
        int(os.environ.get("PORT") or 8000),
        LEADWELL_DEMO_PASSWORD=password,
        LEADWELL_WEB_PROCESSES="1",
    )
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with cluster.running(say):
            say(f"\nLeadwell is running at {cluster.url}; sign in as admin@demo.example with {password}\n")
            for name, member in sorted(cluster.members().items()):
                say(f"  {name}  {member['role']:<14}{member['host']}:{member['port']}")
            say("\nPress Ctrl-C to stop.")
            ended.wait()
    except KeyboardInterrupt:
        say("Stopped.")
    except SettingError as error:
        sys.exit(str(error))


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def password_in(folder: Path) -> str:
    """Made once, and kept in a file that only its owner can read."""
    file = folder / "demo_password"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9))
    return file.read_text()


if __name__ == "__main__":
    main()
