"""Room `kernel`: what every room may use and no room owns: errors, time, strict JSON, words.

Lives here: the error tree, `Clock` and `Instant`, the strict JSON profile, the fold of words, and
counters of what a process did.
Does not: any word of the domain. If one appears, it is in the wrong room.
Invariant: pure; nothing here reads a clock (but `SystemClock`), a file or a network.
"""
