"""Untrusted input of hearings."""
