"""How many random cases tests try: EXAMPLES=10 tries ten times as many, before a release."""

import os

TIMES = int(os.environ.get("EXAMPLES", "1"))
