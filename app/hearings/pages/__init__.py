"""What pages of hearings show."""
