"""What running enrollments do next: kept by triggers, compared with what it follows from, and asked for whose turn it is."""
