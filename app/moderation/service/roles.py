"""Who pays does not moderate, and who demands something is told of."""

from typing import Final

from app import hearings, identity, records
from app.db import Work
from app.identity.model import Persona
from app.kernel.clock import day_of
from app.kernel.errors import ConflictError, NotFoundError
from app.kernel.strict_json import JsonObject
from app.moderation import codec, rules, store
from app.moderation.model import Named, Role
from app.moderation.rules.ledger import Demand, read_demand
from app.records import Door

from .reporting import mark_of

SPONSORS: Final = "sponsors"
"""What the page of who pays here is about."""


def add_sponsor(work: Work, persona: Persona, name: str, *, mark: bytes) -> None:
    """Name a persona as a sponsor; `mark` is its mark. Naming it again is no change.

    Raises:
        NotAllowedError: it holds or held a desk, or looks after boards.

    """
    held = _list_given(work, persona.root, mark)
    rules.require_roles_apart(held, Role.SPONSOR)
    if Role.SPONSOR not in held:
        store.add_sponsor(work, mark, name)
    work.changed.add(SPONSORS)


def add_sponsor_domain(work: Work, domain: str, name: str, *, marks_key: bytes) -> None:
    """Name a domain as a sponsor's: nobody with an office there, or below it, moderates.

    Raises:
        NotAllowedError: somebody with such an office holds or held a desk, or looks after boards.

    """
    for office in hearings.list_attested(work):
        if rules.is_of_domain(office.domain, domain):
            held = _list_given(work, office.root, mark_of(marks_key, office.root))
            rules.require_roles_apart(held, Role.SPONSOR)
    if domain not in store.list_sponsor_domains(work):
        store.add_sponsor_domain(work, domain, name)
    work.changed.add(SPONSORS)


def require_no_sponsor(work: Work, root: str, *, mark: bytes, role: Role = Role.STEWARD) -> None:
    """Refuse to let a sponsor look after boards or hold a desk, and who has an office of one's.

    Raises:
        NotAllowedError: it is a sponsor by its mark, or had an office in a sponsor's domain.

    """
    held = store.list_roles(work, mark)
    if any(_is_sponsors(work, office.domain) for office in hearings.list_attested(work, root)):
        held.add(Role.SPONSOR)
    rules.require_roles_apart(held, role)


def require_office_apart(work: Work, root: str, domain: str, *, marks_key: bytes) -> None:
    """Refuse an office in a sponsor's domain for who holds or held a desk, or looks after boards.

    Raises:
        NotAllowedError: the persona does.

    """
    if _is_sponsors(work, domain):
        held = _list_given(work, root, mark_of(marks_key, root))
        rules.require_roles_apart(held, Role.SPONSOR)


def _is_sponsors(work: Work, domain: str) -> bool:
    return any(rules.is_of_domain(domain, each) for each in store.list_sponsor_domains(work))


def _list_given(work: Work, root: str, mark: bytes) -> set[Role]:
    """Return the roles that a persona was given here, stewardship among them."""
    held = store.list_roles(work, mark)
    return held | {Role.STEWARD} if identity.holds_stewardship(work, root) else held


def tell_demand(work: Work, door: Door, said: JsonObject) -> bytes:
    """Sign what somebody in power demanded, and hand it in; returns its record's digest.

    `said` is the member `urn:goftogu:demand`.

    Raises:
        MalformedError: it is not in the form of the registry.

    """
    return _submit(work, door, {"urn:goftogu:demand": said})


def answer_demand(work: Work, door: Door, digest: bytes, answer: str) -> bytes:
    """Tell what came of a demand: its record is repeated with the answer, and names it.

    Raises:
        NotFoundError: there is no such demand.
        ConflictError: it was answered already, by the record that is to be named instead.

    """
    record = records.find_record(work, digest)
    if record is None or record.type != "Announce" or record.raw is None:
        raise NotFoundError("no demand has this digest: the page of demands leads to each")
    if any(demand.answers == digest for demand in list_demands(work, door.instance_did)):
        raise ConflictError("this demand was answered: name the record of its last answer")
    said = records.parse_record(record.raw).document["urn:goftogu:demand"]
    named = codec.named_members(Named(id=record.id, digest=digest))
    return _submit(work, door, {"object": named, "urn:goftogu:demand": {**said, "answer": answer}})


def list_demands(work: Work, instance_did: str) -> list[Demand]:
    """Return every record of a demand, logged or not, the oldest first."""
    signed = records.list_by_signers(work, [instance_did], "Announce")
    return [read_demand(records.verify_record(records.parse_record(raw))) for _, raw in signed]


def _submit(work: Work, door: Door, members: JsonObject) -> bytes:
    nonce, day = identity.encode_id(work), day_of(work.now)
    raw = records.sign_record(door.key, "Announce", members, nonce=nonce, day=day)
    return door.submit(work, raw).digest
