"""Controls of officials: two signatures, one domain, a last day; nobody passes for one or is bought."""

from tests.controls.control import Control

_RULES, _OFFICES = "app/hearings/rules/__init__.py", "app/hearings/service/offices.py"
_SHOWING, _SPEAKING = "app/hearings/service/showing.py", "app/hearings/service/speaking.py"
_ROLES = "app/moderation/service/roles.py"
_OF_ANSWERING = "hearings/test_answered_for.py::"
_OF_OFFICES, _OF_SHOWING = "hearings/test_offices.py::", "hearings/test_showing.py::"
_OF_SPEAKING, _OF_SPONSORS = "hearings/test_speaking.py::", "moderation/test_sponsor_domains.py::"
_TWO, _APART = "an official is one by two signatures", "N14"
_ORDER = _OF_SPONSORS + "test_no_order_lets_an_office_in_a_sponsors_domain_moderate"

# fmt: off
CONTROLS = (
    Control("the host's part is sealed", "grinding the lot", "app/hearings/service/lot.py", "hearing.lot == sha256(part).digest() if part else", "True if part else", "hearings/test_lot.py::test_host_tells_what_it_sealed_and_what_the_official_drew"),
    Control("the official's part is in it", "grinding the lot", "app/hearings/service/lot.py", 'if drawn != (hearing.drawn or b""):', "if False:", "hearings/test_lot.py::test_host_tells_what_it_sealed_and_what_the_official_drew"),
    Control("the lot waits for the votes' end", "grinding the lot", "app/hearings/service/lot.py", "return has_ended and rules.awaits_draw(hearing)", "return rules.awaits_draw(hearing)", "hearings/test_lot.py::test_nothing_is_drawn_while_people_vote"),
    Control("no tie is won by an address", "H1", _RULES, "sha256(seed + each.question.encode()).digest()", "each.question", "hearings/test_rules.py::test_whoever_picks_an_address_that_comes_first_wins_no_tie"),
    Control("no crowd above the lot", "H1", _RULES, "key=_support, reverse=True", "key=lambda each: (each.came, _support(each)), reverse=True", "hearings/test_rules.py::test_crowd_lifts_no_question_above_what_the_lot_wants"),
    Control("own words are contested", "an official's link", "app/hearings/rules/commitments.py", "    if verdict in ENDED and verdict is not last.state:\n        return True\n", "", "hearings/test_commitments.py::test_official_alone_does_not_turn_broken_into_kept"),
    Control("the ministry's own domain", _TWO, _RULES, "if office.domain != ministry.domain:", "if False:", _OF_OFFICES + "test_ministry_offers_offices_of_its_own_domain_alone"),
    Control("a ministry offers", _TWO, _RULES, "if ministry.kind is not AttesterKind.MINISTRY:", "if False:", _OF_OFFICES + "test_each_side_signs_its_own_half"),
    Control("a university attests", _TWO, _RULES, "if university.kind is not AttesterKind.UNIVERSITY:", "if False:", _OF_OFFICES + "test_each_side_signs_its_own_half"),
    Control("offices of today", _TWO, _RULES, "day >= office.until:", "False:", _OF_OFFICES + "test_expired_office_is_refused_and_holds_no_more"),
    Control("offices that never ended", _TWO, _RULES, "if office.ended_on is not None or", "if", _OF_OFFICES + "test_replay_revives_nothing"),
    Control("the very offer", _TWO, _OFFICES, 'office.offer != decode_digest(named["digestMultibase"])', "False", _OF_OFFICES + "test_attestation_names_an_offer_that_is_here_with_these_bytes"),
    Control("its two keys end an office", _TWO, _OFFICES, "if record.signer not in {office.ministry, office.university}:", "if False:", _OF_OFFICES + "test_nobody_else_ends_an_office"),
    Control("keys that are believed", _TWO, _OFFICES, "(attester.ended_on is not None and not is_logged)", "False", _OF_OFFICES + "test_doubt_ends_what_stands_on_a_key"),
    Control("doubt ends offices", _TWO, _OFFICES, "in store.end_offices_of(work, did, today):", "in ():", _OF_OFFICES + "test_doubt_ends_what_stands_on_a_key"),
    Control("offices that hold answer for somebody", _TWO, _OFFICES, "if office.holds(today)]", "]", _OF_ANSWERING + "test_office_that_ends_or_that_nobody_believes_answers_for_nobody"),
    Control("offices answer until their day", _TWO, "app/identity/store/inviting.py", '_OFFICE.c.until > bindparam("today")', '_OFFICE.c.until >= bindparam("today")', _OF_ANSWERING + "test_expiry_brings_probation_back_by_itself"),
    Control("whoever asked appeals", "H3", "app/hearings/service/questions.py", "hand == post.author.hand and bool(record.document[codec.APPEALS])", "True", "hearings/test_questions.py::test_declined_question_is_read_and_appealed_once"),
    Control("declined questions are not voted on", "H3", "app/opinion/store/statements.py", "    _STATEMENT.c.is_left_out.is_(False),\n", "", "hearings/test_left_out.py::test_declined_question_is_read_and_not_voted_on"),
    Control("offices of a day", _TWO, "app/hearings/model/__init__.py", "bool(self.attested_by) and day < self.until", "bool(self.attested_by)", _OF_OFFICES + "test_expired_office_is_refused_and_holds_no_more"),
    Control("languages of an office", _TWO, _OFFICES, "if not language or office.speaks(language)", "", _OF_OFFICES + "test_office_covers_its_languages_alone"),
    Control("names that read alike", "nobody passes for an official", _SHOWING, "read.get(_at_a_glance(author.name)) if author.name", "read.get(author.name) if author.name", _OF_SHOWING + "test_name_that_reads_like_an_official_is_told_apart"),
    Control("offices that read alike", "nobody passes for an official", _SHOWING, "and words[one.offer] & words[other.offer]", "and False", _OF_SHOWING + "test_offices_of_two_domains_that_read_alike_are_flagged"),
    Control("an open queue", "no broadcast-only account", _SPEAKING, "if is_official and not store.has_queue(work, author.root):", "if False:", _OF_SPEAKING + "test_official_without_a_queue_opens_no_thread_and_may_answer"),
    Control("desks apart from sponsors' offices", _APART, _ROLES, "held.add(Role.SPONSOR)", "pass", _ORDER),
    Control("sponsors apart from those who moderate", _APART, _ROLES, "if rules.is_of_domain(office.domain, domain):", "if False:", _ORDER),
    Control("offices apart from desks", _APART, _ROLES, "if _is_sponsors(work, domain):", "if False:", _ORDER),
)
# fmt: on
