"""Room `federation`: what leaves this instance whole, and what comes in from other copies.

Lives here: bundles, one file with a part of a board and all that is needed to read and check it.
Does not: accept a record itself (records and the owners of its type do); own a table.
"""
