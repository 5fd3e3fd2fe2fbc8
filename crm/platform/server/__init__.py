"""Starting and stopping: the environment, the embedded PostgreSQL, the processes, backups."""
