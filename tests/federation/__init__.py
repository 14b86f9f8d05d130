"""What others hold of an instance: the monitor and the mirror."""
