"""`goftogu bundle`, as somebody at a command line has it."""

import json
import shutil
from pathlib import Path

import pytest
from app.federation.bundles.codec import read_bundle
from app.kernel.clock import FixedClock, SystemClock

from tests.cli.command import goftogu
from tests.cli.conftest import Keys
from tests.factories import TODAY, card, digest_of, note, person
from tests.federation.made import publish_log
from tests.houses import open_at, publish, require_post

pytestmark = pytest.mark.slow

AVA = person("Ava")
POST = note(AVA, title="Water")


@pytest.fixture
def told(data: Path, clock: FixedClock) -> Path:
    """The folder of an instance with a post, its log published."""
    house = open_at(data, clock)
    publish(house, card(AVA), POST)
    publish_log(house)
    house.db.close()
    return data


def test_bundle_goes_from_one_folder_to_another(told: Path, tmp_path: Path, template: Path) -> None:
    file = tmp_path / "water.zip"
    shutil.copytree(template, tmp_path / "other")

    exported = goftogu(
        "bundle", "export", "--board", "square", "--day", str(TODAY), "--to", file, data=told
    )
    verified = goftogu("bundle", "verify", file)
    imported = goftogu("bundle", "import", file, data=tmp_path / "other")
    again = goftogu("bundle", "import", file, data=tmp_path / "other")

    assert exported.code == verified.code == imported.code == again.code == 0, imported.err
    assert exported.out.decode().strip() == str(file)
    assert "proven      each record" in verified.out.decode()
    assert "not proven  that nothing was left out" in verified.out.decode()
    assert "imported 2, here already 1" in imported.out.decode()
    assert "imported 0, here already 3, refused 0" in again.out.decode()
    house = open_at(tmp_path / "other", SystemClock())
    assert require_post(house, POST).version.text.title == "Water"
    house.db.close()


def test_verify_for_programs(told: Path, tmp_path: Path) -> None:
    file = tmp_path / "water.zip"
    goftogu("bundle", "export", "--board", "square", "--since", "0", "--to", file, data=told)

    found = json.loads(goftogu("bundle", "verify", "--json", file).out)

    assert (found["short_name"], found["day"], found["since"], found["posts"]) == (
        "square",
        None,
        0,
        1,
    )


def test_verify_with_a_policy_of_ones_own(told: Path, tmp_path: Path) -> None:
    file = tmp_path / "water.zip"
    goftogu("bundle", "export", "--board", "square", "--since", "0", "--to", file, data=told)
    (tmp_path / "policy").write_bytes(read_bundle(file.read_bytes()).contents.policy)

    done = goftogu("bundle", "verify", "--policy", tmp_path / "policy", file)

    assert done.code == 0
    assert "your own policy" in done.out.decode()


def test_damaged_file_does_not_verify_and_is_not_taken_in(told: Path, tmp_path: Path) -> None:
    file = tmp_path / "water.zip"
    goftogu("bundle", "export", "--board", "square", "--since", "0", "--to", file, data=told)
    file.write_bytes(file.read_bytes()[:-200])

    for command in ("verify", "import"):
        done = goftogu("bundle", command, file, data=told)
        assert done.code == 3
        assert "cut off" in done.err


@pytest.mark.parametrize("choice", [[], ["--day", "2026-11-21", "--since", "3"], ["--day", "soon"]])
def test_export_asks_for_a_day_or_a_place(choice: list[str], told: Path, tmp_path: Path) -> None:
    done = goftogu(
        "bundle", "export", "--board", "square", *choice, "--to", tmp_path / "x", data=told
    )

    assert done.code == 2


def test_export_says_what_is_missing(
    data: Path, told: Path, tmp_path: Path, template: Path
) -> None:
    unpublished = shutil.copytree(template, tmp_path / "unpublished")
    (unpublished / "public" / "tlog" / "checkpoint").unlink()
    (tmp_path / "there").write_bytes(b"mine")
    export = ("bundle", "export", "--since", "0", "--board")

    nothing = goftogu(*export, "square", "--to", tmp_path / "x", data=unpublished)
    nowhere = goftogu(*export, "moon", "--to", tmp_path / "x", data=told)
    there = goftogu(*export, "square", "--to", tmp_path / "there", data=told)

    assert "published no checkpoint" in nothing.err
    assert "No board here has the short name moon" in nowhere.err
    assert "exists already" in there.err
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert nothing.code == nowhere.code == there.code == 1


def test_answer_written_offline_is_carried_home(told: Path, tmp_path: Path, keys: Keys) -> None:
    file, answers = tmp_path / "water.zip", tmp_path / "answers.jsonl"
    goftogu("bundle", "export", "--board", "square", "--since", "0", "--to", file, data=told)
    sign = ("bundle", "reply", file, "--key", keys.file, "--to")
    mark = " ".join(digest_of(POST).hex()[start : start + 4] for start in range(0, 16, 4))

    first = goftogu(*sign, mark, given="Into the pistachios.")
    second = goftogu(*sign, digest_of(POST).hex(), "--lang", "en", given="And into steel.")
    signed_card = goftogu("card", "--name", "Ava", given=keys.words)
    answers.write_bytes(first.out + second.out + signed_card.out)
    carried = goftogu("bundle", "import", answers, data=told)
    answers.write_bytes(answers.read_bytes().replace(b"pistachios", b"reservoirs"))
    altered = goftogu("bundle", "import", answers, data=told)

    assert first.code == second.code == carried.code == 0, first.err + carried.err
    assert "imported 3, here already 0, refused 0" in carried.out.decode()
    assert altered.code == 1
    assert "imported 0, here already 2, refused 1" in altered.out.decode()


@pytest.mark.parametrize("digest", ["", "ab", "0" * 64, "0" * 16])
def test_answer_to_no_post_of_the_bundle_is_refused(
    digest: str, told: Path, tmp_path: Path, keys: Keys
) -> None:
    file = tmp_path / "water.zip"
    goftogu("bundle", "export", "--board", "square", "--since", "0", "--to", file, data=told)

    done = goftogu("bundle", "reply", file, "--key", keys.file, "--to", digest, given="Hm.")

    assert done.code == 1
    assert "digest" in done.err
    assert done.out == b""
