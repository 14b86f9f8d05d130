"""The ways in: header tables, circuits, limits, fronts."""
