"""The verbs of hearings."""
