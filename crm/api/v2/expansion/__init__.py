"""API v2: the linked objects of a record, in place of their ids alone."""
