"""PostgreSQL on three machines and Leadwell on two: the configuration, and `make cluster`, which starts all of it on one machine."""
