"""Somebody with a browser without scripts: reads pages, fills in the forms that they offer, follows where they lead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

ORIGIN = "http://testserver"
# What a browser says about a form of the page it is on.
SAME_ORIGIN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
FORM = "application/x-www-form-urlencoded"


@dataclass
class Form:
    """A form of a page, as it would be sent if nothing were typed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(action=found["action"]))
        elif not self.forms or ("name" not in found and tag != "option"):
            return
        elif tag == "input" and found.get("type") not in {"radio", "checkbox"}:
            self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif tag == "input" and "checked" in found:
            self.forms[-1].fields[found["name"]] = found["value"]
        elif tag == "textarea":
            self._text = found["name"]
            self.forms[-1].fields[self._text] = ""
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.forms[-1].fields[self._select] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self.forms[-1].fields[self._text] += data.removeprefix("\n")


def app_of(client: TestClient) -> FastAPI:
    """Return the application behind a browser."""
    app = client.app
    assert isinstance(app, FastAPI)
    return app


class Visitor:
    """One browser. `language` is the language of the pages that it opens."""

    def __init__(self, client: TestClient, language: str = "en", origin: str = ORIGIN) -> None:
        self.client = client
        self.language = language
        self.origin = origin
        self.words = ""
        """The recovery words of whom this visitor joined as last."""

    def address(self, path: str) -> str:
        """Return a path in the visitor's language."""
        return f"/{self.language}{path}"

    def get(self, path: str) -> Response:
        """Open a page."""
        answer: Response = self.client.get(self.address(path))
        return answer

    def open_form(self, path: str, action: str = "") -> Form:
        """Open a page and return its form with this action (its own address, if not said)."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.status_code
        return find_form(answer, self.address(action or path.split("?", maxsplit=1)[0]))

    def send(self, form: Form, /, **typed: str) -> Response:
        """Send a form with what was typed into it, as a browser does."""
        return self.post(form.action, {**form.fields, **typed})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Response:
        """Send fields to an address; `headers` replaces what the browser would say."""
        said = {
            **SAME_ORIGIN,
            "Origin": self.origin,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        content = urlencode(fields)
        headers = {"Content-Type": FORM, **said}
        answer: Response = self.client.post(path, content=content, headers=headers)
        return answer

    def join(self, name: str, passphrase: str = "four unrelated words") -> str:
        """Make a persona; return its recovery words."""
        answer = self.send(self.open_form("/join"), name=name, passphrase=passphrase)
        words, first, second = read_words(answer)
        confirm = find_form(answer, self.address("/join/confirm"))
        done = self.send(confirm, word_first=words[first - 1], word_second=words[second - 1])
        assert done.status_code == 303, done.text
        self.words = " ".join(words)
        return self.words

    def log_in(self, name: str, passphrase: str = "four unrelated words") -> Response:
        """Log in by passphrase."""
        return self.send(self.open_form("/login"), name=name, passphrase=passphrase)

    def log_out(self) -> Response:
        """Log out with the masthead's form."""
        return self.send(self.open_form("/boards", "/logout"))

    def open_thread(self, title: str, text: str, *, board: str = "square") -> str:
        """Start a thread; return the digest of its opening post."""
        return self.digest_after(self.send_post(f"/b/{board}/new", title=title, text=text))

    def send_post(self, path: str, **typed: str) -> Response:
        """Fill in a composer and send it."""
        return self.send(self.open_form(path), do="send", **typed)

    @staticmethod
    def digest_after(answer: Response) -> str:
        """Return the digest of the receipt that an answer leads to."""
        assert answer.status_code == 303, answer.text
        place: str = answer.headers["location"]
        assert "/receipts/" in place
        return place.rpartition("/")[2]


def find_form(answer: Response, action: str) -> Form:
    """Return the form of a page with this action, one that is posted before one that only asks."""
    parser = _Forms()
    parser.feed(answer.text)
    found = [form for form in parser.forms if form.action.split("?")[0] == action]
    assert found, f"no form to {action} among {[form.action for form in parser.forms]}"
    return next((form for form in found if "token" in form.fields), found[0])


def read_words(answer: Response) -> tuple[list[str], int, int]:
    """Return the recovery words of a page and the numbers of the two that it asks for."""
    text = answer.text
    listed = text.split('<ol class="words"')[1].split("</ol>")[0]
    words = [part.split("</span>")[0] for part in listed.split('<span lang="en" dir="ltr">')[1:]]
    numbers = [
        _number(text.split(f'<label for="f-{name}">')[1].split("</label>")[0])
        for name in ("word_first", "word_second")
    ]
    return words, numbers[0], numbers[1]


def _number(label: str) -> int:
    """Return the number in a label, whatever digits it is written in."""
    return int("".join(character for character in label if character.isdecimal()))
