"""Room `listening`: weighted aggregates with their limits; for now only their mathematics."""
