"""Bundles: a board's day, or what is new on it, as one file that is read and checked offline.

- `archive`    the ZIP file, written and read in one form only
- `bag`        BagIt 1.0: a folder that says by digests what is in it
- `codec`      what a bundle holds, its signature, its bytes and back
- `checking`   what a bundle proves, and what not
- `gathering`  from an instance and a copy of its log to what a bundle holds
- `bringing`   from a bundle through the one door
- `bulletins`  a day of all boards in 8,192 bytes of signed text
- `words`      the index of words, which is read instead of searched

Invariants: two exports of the same data are the same bytes; a bundle names no host, no person and
no time finer than the day; nothing is written anywhere by a name that an archive gives; what a
reader may have to hold is bounded before anything is inflated.
"""
