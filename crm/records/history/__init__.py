"""Changes of records as the database records them: operations, verbs, timelines and undo."""
