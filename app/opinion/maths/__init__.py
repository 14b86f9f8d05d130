"""The maths of votes: values in, values out; no database, no clock, no chance but by a seed.

`analysis.analyse` makes one `Analysis` of `votes.Votes`. The same votes and seed give the same
result, in whatever order people, statements and deliveries come; the number of groups is chosen,
and there are none where none are clear. Formulae are those of Polis (Small et al. 2021), checked
against red-dwarf 0.4.0 on real conversations (tests/data/polis).

- `values`: names of array types.
- `votes`: people × statements, sparse; a pass is stored, unseen is not; a later row replaces.
- `plane`: means, and two axes by a truncated SVD with signs that are no accident; learning and
  projecting apart, so that a plane may be learnt from some people only.
- `kmeans`: weighted k-means with several starts, the same for points in any order.
- `groups`: who takes part, base clusters, groups of them, the silhouette.
- `choice`: how many groups, or why none: agreement of halves, spread beyond chance, least share.
- `tallies`: votes by group, statement and answer, in one count.
- `consensus`: Polis' product, its geometric mean to show, a lower bound to rank by.
- `representative`: what a group holds more than others, what most people hold: Polis' z tests.
- `priorities`: which statement to show next: Polis' priority.
- `intervals`: Wilson's bounds of a share, Newcombe's of a difference.
- `analysis`: all of it in one call.
- `exports`: votes.csv and comments.csv of Polis, with errors that name the line.

What strangers do to votes, and what may be told of them:

- `blocs`: sides learnt from the vouched, and how much all others may weigh beside them, so that a
  bloc does not buy the order of statements. Every figure with the rules and without.
- `lockstep`: people who share many rare votes; a cluster of them counts once.
- `panel`: people drawn by lot, beside those who came by themselves.
- `coins`: a question whose answers prove nothing about anybody: two coins and a die.
- `disclosure`: what of a table is published, and when it is published anew.

Ratings of posts and of readers' context:

- `ratings`, `ridge`, `fixed_point`, `factors`: one axis under many ratings, as Community Notes
  finds it, by exact turns that come to rest early.
- `bothsides`: whether a note is shown, and why not yet.
- `ranking`: the order of posts from published counts, in fractions; anyone computes the same bytes.

Votes identify people: eight known ones single out half of them (OPINION.md section 5). An
`Analysis` holds places and groups by person; what is shown of it is counts, never those.
"""
