"""Limits of the process that reads events: seconds of its processor for one event and for all, seconds until it is killed, and memory in
bytes."""

SECONDS_AN_EVENT, SECONDS, PATIENCE = 2, 30, 60
FIRST_BYTES, BYTES_A_BYTE = 200_000_000, 15
# A larger event isn't read.
LONGEST_EVENT = 1_000_000
