"""Every control that protects somebody, and the test that turns red without it."""
