"""Policies: what is one, and whose cosignatures are enough."""

from itertools import combinations

import pytest
from app.crypto import mldsa
from app.crypto.note_keys import (
    COSIGNATURE,
    COSIGNATURE_MLDSA,
    SIGNATURE,
    AnyPublicKey,
    VerifierKey,
)
from app.kernel.clock import Instant
from app.kernel.errors import MalformedError, TooLargeError
from app.tlog.checkpoints import UnverifiedCheckpoint, parse_checkpoint, with_signatures
from app.tlog.cosignatures import cosign
from app.tlog.errors import BadSignatureError, QuorumError, WrongKeyError, WrongOriginError
from app.tlog.policies import (
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    encode_policy,
    parse_policy,
    require_quorum,
    verify_by_policy,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import logs

NOW = Instant(1_700_000_000)
LOG = f"log {VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode()}\n"
W1, W2, W3, W4, W5 = (
    f"witness W{number} {VerifierKey(key.name, COSIGNATURE, key.key).encode()}\n"
    for number, key in enumerate(logs.WITNESSES, 1)
)
SPEC = f"""\
# The example of the specification, with five witnesses.
{LOG}
{W1}{W2}{W3}
group X-witnesses 2 W1 W2 W3

{W4}\t {W5}  \t# a comment only at a line's start: this one is a url, and a word too many
group Y-witnesses any W4 W5

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
""".replace("  \t# a comment only at a line's start: this one is a url, and a word too many", "")


def checkpoint(*cosigners: int) -> UnverifiedCheckpoint:
    """Return a checkpoint that these witnesses cosigned, by their numbers."""
    signed = logs.log_of(3).checkpoint()
    lines = [
        cosign(signed, logs.WITNESSES[number - 1].name, logs.WITNESS_KEYS[number - 1], NOW)
        for number in cosigners
    ]
    return parse_checkpoint(with_signatures(signed, lines).note.encode())


@pytest.mark.parametrize("count", range(6))
def test_quorum_of_the_specification_is_met_by_the_right_ones_alone(count: int) -> None:
    policy = parse_policy(SPEC.encode())

    for cosigners in combinations(range(1, 6), count):
        if len({1, 2, 3} & set(cosigners)) >= 2 and {4, 5} & set(cosigners):
            accepted = verify_by_policy(checkpoint(*cosigners), policy)
            assert [item.witness for item in accepted.cosignatures] == [
                logs.WITNESSES[number - 1] for number in cosigners
            ]
            assert {item.time for item in accepted.cosignatures} == {NOW}
        else:
            with pytest.raises(QuorumError, match=f"{count} known witnesses") as caught:
                verify_by_policy(checkpoint(*cosigners), policy)
            assert caught.value.found == count


def test_single_witness_may_be_the_quorum() -> None:
    policy = parse_policy(f"{LOG}{W1}{W2}quorum W2\n".encode())

    verify_by_policy(checkpoint(2), policy)
    with pytest.raises(QuorumError):
        verify_by_policy(checkpoint(1), policy)


def test_no_witness_is_needed_where_the_quorum_is_none() -> None:
    policy = parse_policy(f"{LOG}quorum none\n".encode())

    assert verify_by_policy(checkpoint(), policy).cosignatures == ()
    # A cosignature of a stranger is neither needed nor looked at.
    assert verify_by_policy(checkpoint(1), policy).cosignatures == ()


def test_one_witness_that_cosigned_twice_counts_once() -> None:
    policy = parse_policy(f"{LOG}{W1}{W2}group both 2 W1 W2\nquorum both\n".encode())
    signed = logs.log_of(3).checkpoint()
    twice = [
        cosign(signed, logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], Instant(NOW + extra))
        for extra in (0, 1)
    ]

    with pytest.raises(QuorumError, match="1 known"):
        verify_by_policy(parse_checkpoint(with_signatures(signed, twice).note.encode()), policy)


def test_cosignatures_are_worth_nothing_without_the_logs_own() -> None:
    """All witnesses agree, but the log of the policy has not signed."""
    policy = parse_policy(SPEC.encode())
    forged = logs.log_of(3).checkpoint(logs.OTHER_KEY)
    lines = [
        cosign(forged, key.name, secret, NOW)
        for key, secret in zip(logs.WITNESSES, logs.WITNESS_KEYS, strict=True)
    ]

    with pytest.raises(WrongKeyError):
        verify_by_policy(parse_checkpoint(with_signatures(forged, lines).note.encode()), policy)
    other = logs.log_of(3).checkpoint(logs.OTHER_KEY, "goftogu/other")
    with pytest.raises(WrongOriginError):
        verify_by_policy(parse_checkpoint(other.note.encode()), policy)


def test_bad_cosignature_of_a_known_witness_is_told_as_such() -> None:
    policy = parse_policy(SPEC.encode())
    line = cosign(logs.log_of(4).checkpoint(), logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], NOW)
    bent = with_signatures(logs.log_of(3).checkpoint(), [line])

    with pytest.raises(BadSignatureError):
        verify_by_policy(parse_checkpoint(bent.note.encode()), policy)


def test_any_of_the_listed_logs_is_believed_for_itself() -> None:
    other = f"log {VerifierKey('goftogu/other', SIGNATURE, logs.OTHER_KEY.public).encode()} https://o.example/\n"
    policy = parse_policy(f"{LOG}{other}quorum none\n".encode())
    signed = logs.log_of(3).checkpoint(logs.OTHER_KEY, "goftogu/other")

    assert verify_by_policy(parse_checkpoint(signed.note.encode()), policy).checkpoint == signed
    assert policy.logs[1].url == "https://o.example/"
    crossed = logs.log_of(3).checkpoint(logs.OTHER_KEY, logs.ORIGIN)
    with pytest.raises(WrongKeyError):
        verify_by_policy(parse_checkpoint(crossed.note.encode()), policy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        LOG,
        f"{LOG}quorum none",  # no line's end: cut off, it might name another group
        f"{LOG}quorum none\r\n",
        f"{LOG}quorum none\0\n",
        f"{LOG}quorum none\x7f\n",
        f"# a comment\0\n{LOG}quorum none\n",
        f"# a comment\r\n{LOG}quorum none\n",
        f"# a comment\x7f\n{LOG}quorum none\n",
        f"{LOG}quorum\n",
        f"{LOG}quorum none none\n",
        f"{LOG}quorum none\nquorum none\n",
        f"{LOG}quorum W1\n{W1}",  # defined too late
        f"{LOG}{W1}quorum W2\n",
        f"{LOG}{W1}{W1}quorum W1\n",
        f"{LOG}{LOG}quorum none\n",
        f"{LOG}log {VerifierKey('another/name', SIGNATURE, logs.KEY.public).encode()}\nquorum none\n",
        f"{LOG}{W1}{W1.replace('W1', 'other')}quorum W1\n",
        f"{LOG}{W1.replace('W1', 'none')}quorum none\n",
        f"{LOG}{W1}group W1 any W1\nquorum W1\n",
        f"{LOG}{W1}group none any W1\nquorum none\n",
        f"{LOG}{W1}group g any none\nquorum g\n",
        f"{LOG}{W1}group g any g\nquorum g\n",
        f"{LOG}{W1}group g any W1 W1\nquorum g\n",
        f"{LOG}{W1}group g any W1\ngroup h any W1\nquorum g\n",
        f"{LOG}{W1}group g any\nquorum W1\n",
        f"{LOG}{W1}group g 0 W1\nquorum g\n",
        f"{LOG}{W1}group g 2 W1\nquorum g\n",
        f"{LOG}{W1}group g 01 W1\nquorum g\n",
        f"{LOG}{W1}group g -1 W1\nquorum g\n",
        f"{LOG}{W1}group g +1 W1\nquorum g\n",
        f"{LOG}{W1}group g most W1\nquorum g\n",
        f"{LOG}{W1}group g ١ W1\nquorum g\n",
        f"{LOG}wait W1\nquorum none\n",
        f"log {VerifierKey('x', COSIGNATURE, logs.KEY.public).encode()}\nquorum none\n",
        f"witness w {VerifierKey('x', SIGNATURE, logs.KEY.public).encode()}\nquorum none\n",
        "log nonsense\nquorum none\n",
        f"{LOG.strip()} url more\nquorum none\n",
        f"{LOG}{W1.strip()} url more\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_policy(text.encode())


def test_policy_beyond_its_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        parse_policy(b"#" * 1_000_001)


def test_names_are_opaque_bytes() -> None:
    """The Kelvin sign is no K, and what is not UTF-8 is a name like others."""
    kelvin = W1.encode().replace(b"W1", "\u212a".encode())
    latin = W2.encode().replace(b"W2", b"caf\xe9")
    raw = LOG.encode() + kelvin + latin + b"# \xff\ngroup g all \xe2\x84\xaa caf\xe9\nquorum g\n"

    policy = parse_policy(raw)

    assert parse_policy(encode_policy(policy)) == policy
    assert b"caf\xe9 " in encode_policy(policy)
    with pytest.raises(MalformedError):
        parse_policy(raw.replace(b"all \xe2\x84\xaa", b"all K"))


def test_line_ends_of_other_kinds_end_no_line_and_no_word() -> None:
    name = "a\u2028quorum\u00a0none\u0085"
    raw = LOG + W1.replace("W1", name) + f"quorum {name}\n"

    assert parse_policy(raw.encode()).quorum == name


def test_thirty_two_of_each_are_no_problem() -> None:
    names = [f"w{number}" for number in range(32)]
    keys: list[AnyPublicKey] = [
        mldsa.MldsaSigningKey(name.encode().ljust(32)).public for name in names
    ]
    policy = Policy(
        logs=(PolicyLog(key=logs.LOG),),
        witnesses=tuple(
            PolicyWitness(name=name, key=VerifierKey(name, COSIGNATURE_MLDSA, key))
            for name, key in zip(names, keys, strict=True)
        ),
        groups=(
            *(
                PolicyGroup(name=f"g{number}", threshold=1, members=(name,))
                for number, name in enumerate(names[:31])
            ),
            PolicyGroup(
                name="all", threshold=32, members=(*(f"g{number}" for number in range(31)), "w31")
            ),
        ),
        quorum="all",
    )

    assert parse_policy(encode_policy(policy)) == policy
    require_quorum(policy, [witness.key for witness in policy.witnesses])
    with pytest.raises(QuorumError, match="31 known"):
        require_quorum(policy, [witness.key for witness in policy.witnesses[1:]])


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=" #"), min_size=1, max_size=8
)


@given(st.data())
def test_policy_is_read_as_it_was_written(data: st.DataObject) -> None:
    names = data.draw(st.lists(words.filter("none".__ne__), unique=True, min_size=8, max_size=8))
    witnesses = tuple(
        PolicyWitness(name=name, key=key, url=data.draw(st.none() | words))
        for name, key in zip(names, logs.WITNESSES, strict=False)
    )
    free, groups = [witness.name for witness in witnesses], []
    for name in names[5:]:
        count = data.draw(st.integers(0, len(free)))
        members, free = tuple(free[:count]), [*free[count:], name]
        if members:
            threshold = data.draw(st.integers(1, count))
            groups.append(PolicyGroup(name=name, threshold=threshold, members=members))
        else:
            free.pop()
    policy = Policy(
        logs=(PolicyLog(key=logs.LOG, url=data.draw(st.none() | words)),),
        witnesses=witnesses,
        groups=tuple(groups),
        quorum=data.draw(st.sampled_from(["none", *(group.name for group in groups), names[0]])),
    )

    assert parse_policy(encode_policy(policy)) == policy
