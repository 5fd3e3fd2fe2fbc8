"""What people do with records: tasks, activities, emails and invitations."""
