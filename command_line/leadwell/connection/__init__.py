"""Where Leadwell is and how it is called: addresses, stored profiles, calls that are repeated where that is safe."""
