"""View models of consultations, translations and summaries."""
