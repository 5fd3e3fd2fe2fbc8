"""Activities, files, tasks, templates and invitations."""
