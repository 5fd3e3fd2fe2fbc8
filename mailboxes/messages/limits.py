"""How much of a received message is read: the rest of it is cut off before any parser sees it."""

# Characters of one header; of those that list addresses or message IDs; and of those that describe a part, whose
# parameters Python's parser reads in a time that grows with their square.
LONGEST_HEADER, LONGEST_LIST, LONGEST_OF_PART = 10_000, 32_000, 2_000
LISTS = {"to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "references", "in-reply-to"}
OF_PARTS = "content-"
# Of all parts together
MOST_HEADERS, MOST_HEADER_CHARACTERS = 5_000, 500_000
MOST_PARTS, MOST_NESTED = 200, 20
# Bytes of all texts together: many times more than a record keeps.
MOST_TEXT = 1_000_000
# Bytes of a report on an email that came back.
MOST_REPORT = 50_000

# Limits of the reading process: seconds of its processor, seconds until it is killed, and its memory in bytes. Of a normal
# message, 40 MB take 1 second and 10 times its size.
PROCESSOR_SECONDS, SECONDS = 10, 20
FIRST_BYTES, BYTES_A_BYTE = 150_000_000, 15
