"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Here so far: its nouns, and what holds of them from values alone.
"""
