"""What consultations and ratings do by themselves, beside pages."""
