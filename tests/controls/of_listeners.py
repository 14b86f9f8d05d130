"""Controls of the ways in: circuits, limits, sizes, links that lead out, fronts."""

from tests.controls.control import Control

_AT = "listeners/"
_TABLE = _AT + "test_header_table.py::"
_CIRCUITS = "app/web/circuits.py"
_STREAMS = _AT + "test_circuits.py::"
_LISTENER = "app/web/listener.py"
_LIMITS = "app/web/limits.py"
_BOUNDS = _AT + "test_bounds.py::"
_FENCE = "app/web/middleware.py"
_FORMS = "app/web/forms.py"
_LEAVING = _AT + "test_leaving.py::"
_REFUSED = _LEAVING + "test_what_is_no_address_of_another_site_is_refused"

# fmt: off
CONTROLS = (
    Control("circuits of tor's prefix alone", "G1", _CIRCUITS, "if source >> _CIRCUIT_BITS != _PREFIX:", "if False:", _STREAMS + "test_any_other_line_names_none"),
    Control("the line as tor writes it", "G1", _CIRCUITS, "_line.fullmatch(line)", "_line.match(line)", _STREAMS + "test_any_other_line_names_none"),
    Control("streams without the line", "G1", _CIRCUITS, "self.transport.abort()\n                return", "circuit = 0", _STREAMS + "test_stream_that_begins_otherwise_is_closed_unread"),
    Control("silent streams", "I1", _CIRCUITS, "        super().connection_made(transport)\n        self._begin_to_wait()", "        super().connection_made(transport)", _STREAMS + "test_silent_stream_is_not_waited_for"),
    Control("slow later heads", "I1", _CIRCUITS, "without end.\n            self._begin_to_wait()", "without end.\n            pass", _STREAMS + "test_later_head_is_not_waited_for_either"),
    Control("socket for its group alone", "G3", "app/web/server.py", "path.chmod(0o660)", "path.chmod(0o666)", _STREAMS + "test_socket_is_for_its_owner_and_group"),
    Control("cookie of each kind", "F6", _LISTENER, '"s", Kind.ONION: "o"', '"s", Kind.ONION: "s"', _TABLE + "test_session_of_one_listener_opens_nothing_on_another"),
    Control("the socket's own listener", "G1", _LISTENER, 'scope.setdefault("state", {})["listener"] = self._listener', "pass", _TABLE + "test_listener_answers_to_its_own_name_alone"),
    Control("onion named over TLS alone", "G7", _FENCE, "bool(listener.onion) and listener.is_secure and", "bool(listener.onion) and", _TABLE + "test_answer_has_the_headers_of_its_listener_and_no_other"),
    Control("busy circuits", "I5", _LIMITS, "return (count - 1) // most", "return 0", _BOUNDS + "test_circuit_that_goes_on_is_closed_and_no_other"),
    Control("circuits closed", "I5", _LIMITS, "self.close(circuit)", "pass", _BOUNDS + "test_circuit_that_goes_on_is_closed_and_no_other"),
    Control("busy circuits keep their text", "I5", _FENCE, 'if scope["method"] != "POST" or used > 1:', "if True:", _BOUNDS + "test_text_of_a_circuit_that_asks_too_much_is_given_back"),
    Control("circuits that send without end", "I5", _FENCE, " or used > 1:", ":", _BOUNDS + "test_nothing_is_sent_by_a_circuit_without_end"),
    Control("writing of a circuit", "I5", "app/web/visit.py", "count > WRITING_OF_CIRCUIT.most or", "False or", _BOUNDS + "test_records_of_a_circuit_are_bounded"),
    Control("forms of a persona", "I5", "app/web/visit.py", "self.site.gate.fill(WRITING_OF_PERSONA, root, self.site.clock.now())", "_ = WRITING_OF_PERSONA", _BOUNDS + "test_persona_that_writes_without_end_is_slowed_on_every_listener"),
    Control("forms of a page", "I5", "app/web/visit.py", "site.gate.fill(WRITING_OF_PAGE, token, site.clock.now())", "_ = WRITING_OF_PAGE", _BOUNDS + "test_page_is_not_sent_again_without_end"),
    Control("records of a key", "I5", "app/records/routes.py", "site.gate.filling(RECORDS_OF_KEY, record", "site.gate.filling(RECORDS_OF_KEY._replace(most=10**9), record", _BOUNDS + "test_records_of_a_key_are_bounded_and_nobody_fills_another_ones_bucket"),
    Control("crowds fill no log", "B5", "app/web/server.py", "if loop.time() - self._told_at < _QUIET_S:", "if False:", "faults/test_shortages.py::test_crowd_that_takes_every_descriptor_is_outlived"),
    Control("slow bodies", "I1", _FENCE, "async with timeout_at(until):", "if until:", _BOUNDS + "test_body_that_drips_is_not_waited_for"),
    Control("sizes of pages", "F12", "app/web/page_cache.py", "if asked.listener.is_padded and _is_page(headers):", "if False:", _AT + "test_sizes.py::test_pages_of_a_village_come_in_few_sizes"),
    Control("sites that fetch onion pages for others", "G10", _FENCE, "            _require_tor_of_ones_own(scope, listener)\n", "", _AT + "test_onion_pages.py::test_site_that_fetches_onion_pages_for_others_gets_none"),
    Control("onion's doing for stewards alone", "J7", "app/site/routes/state.py", "_onion_line(visit, tell) if looks_after and card.onion", "_onion_line(visit, tell) if card.onion", _AT + "test_staff_pages.py::test_stewards_alone_see_how_the_onion_is_doing"),
    Control("links that lead out", "E10", "app/web/templating.py", "lead_out=lambda html: lead_out(html, language.code)", "lead_out=lambda html: html", _LEAVING + "test_reader_of_a_post_meets_that_page_first"),
    Control("no name before a host", "E10", _FORMS, ' and "@" not in parts.netloc', "", _REFUSED),
    Control("no unseen signs in an address", "E10", _FORMS, "not address.isprintable() or ", "", _REFUSED),
    Control("whole web addresses", "E10", _FORMS, 'parts.scheme in {"http", "https"} and ', "", _REFUSED),
    Control("staff pages on their listener", "J7", "app/forum/routes/managing.py", "if not visit.listener.has_staff_pages:", "if False:", _AT + "test_staff_pages.py::test_readers_listeners_have_no_staff_pages"),
)
