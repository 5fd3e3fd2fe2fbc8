"""The lists in Settings in API v2: adding, changing, moving, merging and deleting what records refer to, as the pages do."""
