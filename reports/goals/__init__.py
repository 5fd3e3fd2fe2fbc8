"""Goals by month: their numbers from reports, their pace, and setting them."""
