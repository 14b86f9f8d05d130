"""Room `web`: the toolkit of pages: visits, forms, templates, languages, listeners, cache, streams.

Does not: know a persona or a post (it sees a viewer with a name and a fingerprint); decide.
Invariants: every form is token- and origin-checked before a handler sees it; the answer carries no
address, no third party and, on reading pages, no script; `markup` alone makes safe HTML; a stream
tells what was shown by a tick or taken away, never who reads or writes (ADR-0019); the socket that
a request came by decides its listener, and limits are counted by circuit, persona, page and key,
never by address (ADR-0032).
"""
