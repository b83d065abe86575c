"""Running clocks: their state, what happens to them, what falls due, and why."""
