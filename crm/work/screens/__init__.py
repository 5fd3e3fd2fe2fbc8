"""The page of a record with its activities and tasks, and the search that finds them too."""
