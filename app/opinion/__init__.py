"""Conversations: statements, votes and what many people hold together."""
