"""Pages from real standbys: never older than what their reader has made, and from the primary when a standby fails."""
