"""Files attached to activities: judged by their content, kept privately, shown as small pictures, and removed."""
