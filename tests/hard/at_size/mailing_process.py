"""The worker's part of one mailing in a separate process, which a test can kill and measure.

    python -m tests.hard.at_size.mailing_process MAILING CONNECTIONS

It prints JSON: how many seconds it took, and its memory in KB when it had sent a tenth and at the end.
"""

import json
import resource
import sys
import threading
import time

import django


def main(mailing_id: int, at_once: int) -> None:
    django.setup()
    from mailings.jobs import send_mailing
    from mailings.models import Mailing
    from mailings.sending import mailing_sending

    mailing_sending.AT_ONCE = at_once
    begun = time.monotonic()
    early: list[int] = []
    timer = threading.Timer(3, lambda: early.append(memory()))
    timer.start()
    while Mailing.objects.filter(pk=mailing_id, state__in=["scheduled", "sending"]).exists():
        send_mailing(mailing_id)
        time.sleep(0.05)
    timer.cancel()
    sys.stdout.write(json.dumps({"seconds": time.monotonic() - begun, "early": early, "late": memory()}))


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
