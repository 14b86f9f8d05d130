"""What visitors type into the pages of moderation."""
