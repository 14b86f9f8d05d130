"""Goftogu: a dialogue forum whose posts are signed by their authors. Start at ARCHITECTURE.md."""
