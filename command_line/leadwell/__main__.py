"""`python -m leadwell` is the same as `leadwell`."""

from leadwell.application import run

run()
