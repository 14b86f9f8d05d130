"""What works today: shipped, written anew by stewards without scripts, signed, and carried along."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from app import records, site
from app.crypto.multikey import encode_did
from app.federation.press import find_scope
from app.forum.errors import StaleSettingsError
from app.kernel.errors import MalformedError
from app.records.errors import WrongSignerError
from app.wiring import House, open_press
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.houses import count_records, publish, release, submit
from tests.visitor import Visitor, find_form

TEXT = "## Today\n\nSnowflake works in *Shiraz*; see <https://example.org/a?b=c&d>.\n\n- one\n- two"


def written(house: House, language: str = "en") -> str | None:
    """Return what stewards wrote last in a language."""
    with house.db.read() as work:
        page = site.find_page(work, house.door.instance_did, language)
    return page.markdown if page else None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_text_that_ships_is_shown_with_where_the_host_is_found(
    house: House, client: TestClient, language: str
) -> None:
    with house.db.write() as work:
        site.add_mirror(work, house.door, house.door.key, "https://mirror.example/copy")

    page = Visitor(client, language).get("/reach").text

    assert page.count("<h2") == 4
    assert "Snowflake" in page
    assert "Psiphon" in page
    assert "https://mirror.example/copy" in page
    assert f'href="/{language}/reach"' in Visitor(client, language).get("/safety").text


def test_what_a_steward_writes_is_shown_to_everybody_at_once(
    house: House, steward: Visitor, client: TestClient
) -> None:
    form = steward.open_form("/reach/edit")
    assert "Snowflake" in form.fields["text"]
    anonymous = Visitor(client)
    session = client.cookies["s"]
    client.cookies.clear()
    anonymous.get("/reach")
    client.cookies.set("s", session)

    answer = steward.send(form, text=TEXT.replace("\n", "\r\n"))

    assert answer.status_code == 303, answer.text
    client.cookies.clear()
    page = anonymous.get("/reach").text
    assert "<em>Shiraz</em>" in page
    assert "Last gone over on" in page
    assert 'href="/en/leaving?to=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d"' in page
    assert "/reach/edit" not in page
    assert "Shiraz" not in Visitor(client, "fa").get("/reach").text, "each language has its own"


def test_mirror_is_shown_once_the_log_has_the_card_that_lists_it(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    assert "No copies of it are listed yet" in visitor.get("/reach").text
    with house.db.write() as work:
        site.add_mirror(work, house.door, house.door.key, "https://mirror.example/copy")

    release(house)

    assert "https://mirror.example/copy" in visitor.get("/reach").text


def test_every_version_is_signed_by_the_host_and_in_its_log(house: House, steward: Visitor) -> None:
    for text in ("First.", "Second.", "Third."):
        answer = steward.send(steward.open_form("/reach/edit"), text=text)
        assert answer.status_code == 303, answer.text
        assert written(house) == text

    release(house)

    with house.db.read() as work:
        pages = records.list_by_signers(work, [house.door.instance_did], "Page")
        raws = [records.get_public_bytes(work, digest) for digest, _ in pages]
    found = [records.verify_record(records.parse_record(raw)) for raw in raws]
    assert {record.document["contentMap"]["en"] for record in found} == {
        "First.",
        "Second.",
        "Third.",
    }


def test_version_that_another_steward_overtook_is_kept_in_the_form(
    house: House, steward: Visitor
) -> None:
    for before in ("", "First."):
        first, second = (steward.open_form("/reach/edit") for _ in range(2))
        assert steward.send(first, text=f"{before}First.").status_code == 303

        answer = steward.send(second, text="Mine.")

        assert answer.status_code == 409
        assert find_form(answer, second.action).fields["text"] == "Mine."
        assert written(house) == f"{before}First."


@pytest.mark.parametrize(
    "text", ["", " \n ", "x\u202ey", "x" * 20_001], ids=["empty", "blank", "turned", "long"]
)
def test_wrong_text_is_told_and_stays_in_the_form(
    house: House, steward: Visitor, text: str
) -> None:
    before = count_records(house)
    form = steward.open_form("/reach/edit")

    answer = steward.send(form, text=text)

    assert answer.status_code == 400
    assert 'href="#f-text"' in answer.text
    assert find_form(answer, form.action).fields["text"] == text.strip()
    assert count_records(house) == before


def test_page_is_written_by_stewards_alone(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    assert visitor.get("/reach/edit").status_code == 303
    visitor.join("Mallory")
    before = count_records(house)
    token = visitor.open_form("/settings").fields["token"]

    assert visitor.get("/reach/edit").status_code == 403
    answer = visitor.post("/en/reach/edit", {"token": token, "text": TEXT, "previous": ""})

    assert answer.status_code == 403
    assert "/reach/edit" not in visitor.get("/reach").text
    assert count_records(house) == before


def test_page_of_another_key_is_refused(house: House) -> None:
    with pytest.raises(WrongSignerError):
        submit(house, factories.page(factories.person("Mallory").key, "Trust me."))


def test_page_that_does_not_follow_the_current_one_is_refused(house: House) -> None:
    key = house.door.key
    first = factories.page(key, "First.")
    submit(house, first)
    did = encode_did(key.public)

    for wrong in (
        factories.page(key, "Again.", record_id=f"ap://{did}/objects/{'a' * 26}"),
        factories.page(key, "Gap.", sequence=3, after=first),
        factories.page(key, "Loose.", sequence=2),
        factories.page(key, "Elsewhere.", sequence=2, after=first, record_id=f"ap://{did}/objects/{'a' * 26}"),
    ):  # fmt: skip
        with pytest.raises(StaleSettingsError):
            submit(house, wrong)

    assert written(house) == "First."
    submit(house, factories.page(key, "Second.", sequence=2, after=first))
    assert written(house) == "Second."


def test_page_of_another_name_is_no_record(house: House) -> None:
    raw = factories.page(house.door.key, "x")
    other = factories.forged(
        raw, house.door.key, lambda document: document.update({"urn:goftogu:page": "home"})
    )

    with pytest.raises(MalformedError):
        submit(house, other)


def test_bundle_carries_what_works_in_its_language(house: House) -> None:
    submit(house, factories.page(house.door.key, "Only **that** way.", language="fa"))
    publish(house, factories.note(factories.person("Ava"), language="fa"))
    with house.db.read() as work:
        scope = find_scope(work, "square")

    made = open_press(house).make_bundle(scope)

    with ZipFile(BytesIO(made.raw)) as archive:
        (name,) = [item for item in archive.namelist() if item.endswith(".html")]
        page = archive.read(name).decode()
    assert "Only <strong>that</strong> way." in page
