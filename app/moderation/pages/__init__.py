"""View models of moderation."""
