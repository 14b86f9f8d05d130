"""View models of hearings."""
