"""Room `federation`: what others hold of an instance, and what they may believe of it.

- `folders`   a folder of published files; no link in it is ever followed
- `monitor`   walks a log from any source and verifies everything that it reads
- `erasures`  which records of a log may lawfully be missing; `desks`  what desks took away (pure)
- `mirror`    copies an instance as static files and keeps up with it
- `receipts`  the host's promises, as a copy has them
- `refetch`   what a log has signed since an older backup, from a copy of it
- `publishing`  the host's own folder, as any web server may serve it
- `mirror_page`  what a mirror says to who opens it in a browser
- `health`  what the worker saw of this host and its partners; `health_page`
- `bundles`   one file with a part of a board and all that is needed to read and check it; `pages`
- `press`     makes bundles and bulletins of an opened instance
- `shelving`  keeps the shelf: what changed is made anew, what holds erased words goes
- `shelf`     the files that anyone fetches; `routes`
- `texts`     one post as text, with its signature (pure)

Other rooms may import these by their names, as they do `tlog`'s files.

Does not: reach the network itself (a `Source` is handed in); believe a source; accept a record
itself (records and the owners of its type do); own a table.

Invariants:
- a file of a mirror was verified before it was put in place, and the checkpoint comes last;
- nothing outside the mirror's folder is ever written;
- no file on the shelf holds words that were erased before the worker's last step;
- a record that is missing and whose absence the log does not explain ends the walk with an error.
"""
