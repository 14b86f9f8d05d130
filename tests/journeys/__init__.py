"""Journeys: people's ways through a real instance, in real browsers.

`instance` runs `goftogu init`, `seed` and `serve`; `chromium` and `firefox` drive Debian's browsers
and give journeys one face, a `Window`; `citizen` has the steps of a person who writes; `gallery`
lists every page and how to reach it, for the tests of pages and for the pictures of `screenshots`.

Nothing here looks for a visible word: a page is known by its path, its landmarks and its fields, so
that translators may change every sentence.
"""
