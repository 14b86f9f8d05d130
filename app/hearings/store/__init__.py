"""Every statement of hearings."""
