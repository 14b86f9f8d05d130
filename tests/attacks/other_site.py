"""A site of somebody else: it embeds, opens and sends to ours, and notes what browsers tell it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final
from urllib.parse import parse_qs, urlsplit

# What a page can learn of another site's address without being allowed to read it (xsleaks.dev):
# whether it loads as a picture, a script, a sheet or a frame; what `fetch` says of it; how many
# frames it has, where it is, and whether it can still be reached once it was opened.
_PROBES: Final = """
const told = {};
// The first answer stands: an end that was told late is no answer of its own.
const tell = (what, how) => { told[what] ??= how; };
const element = (kind, path) => new Promise(done => {
    const made = document.createElement(kind);
    const end = how => { tell(`${kind} ${path}`, how); done(); };
    made.onload = () => end(kind === 'iframe' ? `load ${frames_of(made.contentWindow)}` : 'load');
    made.onerror = () => end('error');
    if (kind === 'link') { made.rel = 'stylesheet'; made.href = ours + path; }
    else if (kind === 'object') made.data = ours + path;
    else made.src = ours + path;
    document.body.append(made);
    setTimeout(() => end('silence'), 10000);
});
const frames_of = other => {
    try { return `${other.length} ${other.location.href}`; } catch (error) { return `${other.length} closed`; }
};
const fetched = (mode, path) => fetch(ours + path, {mode, credentials: 'include'}).then(
    answer => tell(`${mode} ${path}`, `${answer.type} ${answer.status} ${answer.redirected}`),
    error => tell(`${mode} ${path}`, error.name));
const opened = path => new Promise(done => {
    const other = window.open(ours + path);
    const begun = Date.now();
    const look = () => {
        if (!other || other.closed || Date.now() - begun > 4000) {
            tell(`window ${path}`, !other ? 'none' : other.closed ? 'closed' : frames_of(other));
            done();
        } else setTimeout(look, 50);
    };
    look();
});
addEventListener("load", async () => {
    for (const path of paths) {
        for (const kind of ['img', 'script', 'link', 'iframe', 'object', 'video']) await element(kind, path);
        for (const mode of ['no-cors', 'cors']) await fetched(mode, path);
        await opened(path);
    }
    document.getElementById('told').textContent = JSON.stringify(told);
});
"""
_PAGE: Final = """<!doctype html><meta charset=utf-8><title>Another site</title><h1>Another site</h1>
<pre id=told></pre>{body}"""
_FORM: Final = """<form method=post action="{to}" enctype="{kind}"><input name=theme value=dark>
<input name=title value=t><input name=text value=forged><input name=do value=send>
<button>Win</button></form>"""


@dataclass
class Asked:
    """One request that the other site heard."""

    path: str
    headers: dict[str, str]


@dataclass
class OtherSite:
    """Where it is, and what it heard."""

    origin: str
    asked: list[Asked] = field(default_factory=list)

    def probing(self, ours: str, paths: list[str]) -> str:
        """Return the address of a page that probes addresses of ours."""
        return f"{self.origin}/probe?ours={ours}&paths={','.join(paths)}"

    def sending(self, to: str, kind: str) -> str:
        """Return the address of a page with a form that is sent to ours."""
        return f"{self.origin}/form?to={to}&kind={kind}"


@contextmanager
def running_other_site() -> Iterator[OtherSite]:
    """Serve it by a name that is no part of ours: `localhost`, where ours is an address."""
    site = OtherSite("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}))
            page = _make(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.origin = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _make(target: str) -> str:
    url = urlsplit(target)
    said = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/form":
        return _PAGE.format(body=_FORM.format(**said))
    if url.path != "/probe":
        return _PAGE.format(body="")
    values = (
        f"const ours = {json.dumps(said['ours'])}, paths = {json.dumps(said['paths'].split(','))};"
    )
    return _PAGE.format(body=f"<script>{values}{_PROBES}</script>")
