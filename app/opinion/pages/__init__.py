"""View models of consultations."""
