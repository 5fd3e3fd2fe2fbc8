"""What imports of activities and of tasks share: their rows are about records."""
