"""View models of consultations, ratings and readers' context."""
