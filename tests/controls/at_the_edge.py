"""Controls between a browser and a handler: requests, headers, cookies, limits, caches, logs."""

from tests.controls.control import Control

_ENVELOPES = "forms/test_envelopes.py::test_form_refuses_what_no_page_of_ours_sends"
_HEADERS = (
    "web/test_headers.py::test_answer_carries_the_security_headers_and_loads_nothing_from_elsewhere"
)
_SIGNS = "web/test_headers.py::test_page_that_signs_runs_our_own_script_and_no_other"
_LOGIN = "forms/test_login.py::"
_CACHE = "web/test_page_cache.py::"
_FENCE = "app/web/middleware.py"
_VISIT = "app/web/visit.py"
_TOKENS = "app/web/tokens.py"
_LISTENER = "app/web/listener.py"
_FORMS = "app/web/forms.py"
_LOGIN_ROUTES = "app/identity/routes/login.py"
_PAGE_CACHE = "app/web/page_cache.py"
_COOKIE = _LOGIN + "test_session_cookie_ends_with_the_browser_and_is_for_us_alone"
_TLS_COOKIE = _LOGIN + "test_session_cookie_over_tls_is_bound_to_tls_and_host"
_LED_AWAY = "attacks/test_foreign_requests.py::test_path_that_leads_away_is_not_followed"

# fmt: off
CONTROLS = (
    Control("form token", "E6", _VISIT, "require_form_token(site.form_key, posted.form_mark, token)", "_ = token", _ENVELOPES),
    Control("form token of this session", "E6", _TOKENS, 'digest(key, b"form" + nonce + session,', 'digest(key, b"form" + nonce,', "forms/test_envelopes.py::test_token_from_before_the_login_is_refused_after_it"),
    Control("form token made anew", "F11", _VISIT, "nonce = self.site.randomness.token_bytes(_NONCE_BYTES)", "nonce = bytes(_NONCE_BYTES)", "web/test_tokens.py::test_token_is_written_differently_each_time"),
    Control("constant-time comparison", "E6", _TOKENS, 'not compare_digest(digest(key, b"challenge" + body, "sha256")[:_MAC_BYTES], mac)', 'digest(key, b"challenge" + body, "sha256")[:_MAC_BYTES] != mac', "web/test_tokens.py::test_secrets_are_compared_in_constant_time"),
    Control("origin", "E6", _VISIT, "origin not in {None, *posted.listener.origins} or ", "", _ENVELOPES),
    Control("fetch metadata", "E6", _VISIT, " or not posted.is_from_here()", "", _ENVELOPES),
    Control("fetch metadata at the exit", "F13", "app/identity/routes/common.py", "if visit.is_from_here():", "if True:", _LOGIN + "test_exit_embedded_by_another_site_wipes_no_keys"),
    Control("browser cleared at the exit", "F13", "app/identity/routes/common.py", "if visit.is_from_here():", "if False:", _LOGIN + "test_leaving_ends_the_session_on_the_server"),
    Control("log-in challenge of ours", "C12", _TOKENS, 'if not compare_digest(digest(key, b"challenge"', 'if False and compare_digest(digest(key, b"challenge"', _LOGIN + "test_challenge_of_another_process_is_refused"),
    Control("log-in challenge in its time", "C12", _TOKENS, "if expires_at < now:", "if False:", _LOGIN + "test_proof_that_is_too_old_is_refused"),
    Control("log-in proof once", "C12", _LOGIN_ROUTES, "visit.site.gate.use_once(proof.challenge, work.now, until=until)", "_ = until", _LOGIN + "test_proof_used_again_is_refused"),
    Control("log-in proof for this instance", "C11", _LOGIN_ROUTES, "if proof.domain != visit.site.instance_did:", "if False:", _LOGIN + "test_proof_for_another_instance_is_refused"),
    Control("joining leads to a page of ours", "E10", "app/identity/routes/common.py", 'return safe_path(visit.fields["next"] if isinstance(visit, Posted) else asked, fallback="")', 'return visit.fields["next"] if isinstance(visit, Posted) else asked', "forms/test_carrying_on.py::test_joining_leads_nowhere_else"),
    Control("words go along to a page of ours", "E10", _FORMS, 'place = safe_path(fields["place"], fallback="")', 'place = fields["place"]', "forms/test_carrying_on.py::test_words_for_no_page_of_ours_are_not_kept"),
    Control("session ended by a log-in", "E7", _LOGIN_ROUTES, "service.close_session(work, visit.session_token)\n        token", "token", "attacks/test_foreign_requests.py::test_session_of_an_attacker_dies_when_somebody_logs_in_over_it"),
    Control("session ended by a log-in with a key", "E7", _LOGIN_ROUTES, "service.close_session(work, visit.session_token)\n        except", "pass\n        except", _LOGIN + "test_log_in_with_a_key_ends_the_session_before_it"),
    Control("session ended by logging out", "E8", _LOGIN_ROUTES, "service.close_session(work, visit.session_token)\n    return", "_ = work\n    return", _LOGIN + "test_leaving_ends_the_session_on_the_server"),
    Control("cookie hidden from scripts", "F6", _LISTENER, ', "HttpOnly"', "", _COOKIE),
    Control("cookie for this site alone", "F6", _LISTENER, "SameSite=Strict", "SameSite=Lax", _COOKIE),
    Control("cookie ends with the browser", "F6", "app/identity/routes/common.py", "listener.set_cookie(listener.cookie_name, token)", "listener.set_cookie(listener.cookie_name, token, seconds=9)", _COOKIE),
    Control("cookie over TLS alone", "F6", _LISTENER, 'parts.append("Secure")', "pass", _TLS_COOKIE),
    Control("cookie of this host alone", "F6", _LISTENER, 'return f"__Host-{name}" if', "return name if", _TLS_COOKIE),
    Control("hosts", "E11", _FENCE, ' or hosts[0].decode("latin-1") not in listener.hosts', "", "web/test_headers.py::test_request_for_another_host_is_turned_away"),
    Control("one host", "E11", _FENCE, "len(hosts) != 1", "not hosts", "web/test_headers.py::test_request_without_exactly_one_host_is_turned_away"),
    Control("policy: nothing by default", "F2", _FENCE, "\"default-src 'none'; style-src", "\"default-src 'self'; style-src", _HEADERS),
    Control("policy: forms", "F2", _FENCE, "form-action 'self'; ", "", _HEADERS),
    Control("policy: base address", "F2", _FENCE, "base-uri 'none'; ", "", _HEADERS),
    Control("policy: frames", "F2", _FENCE, "frame-ancestors 'none'", "", _HEADERS),
    Control("policy: our own scripts", "F2", "app/web/pages.py", "allow_scripts(\"script-src 'self'\")", 'allow_scripts("script-src *")', _SIGNS),
    Control("policy: trusted types", "F3", "app/web/pages.py", "require-trusted-types-for 'script'; ", "", _SIGNS),
    Control("no guessed types", "F1", _FENCE, '"X-Content-Type-Options": "nosniff",', "", _HEADERS),
    Control("no frames in old browsers", "F1", _FENCE, '"X-Frame-Options": "DENY",', "", _HEADERS),
    Control("no referrer elsewhere", "F5", _FENCE, '"Referrer-Policy": "same-origin",', "", _HEADERS),
    Control("no opener", "F4", _FENCE, '"Cross-Origin-Opener-Policy": "same-origin",', "", _HEADERS),
    Control("no reading across origins", "F4", _FENCE, '"Cross-Origin-Resource-Policy": "same-origin",', "", _HEADERS),
    Control("no devices", "F4", _FENCE, '"Permissions-Policy": "camera', '"Permissions-Policy": "x', _HEADERS),
    Control("pages are not stored", "F7", _FENCE, '"Cache-Control": "no-store",', "", _HEADERS),
    Control("only over TLS from now on", "F1", _FENCE, "if listener.is_secure else _HEADERS", "if False else _HEADERS", "web/test_headers.py::test_page_over_tls_says_to_stay_there"),
    Control("one length of a body", "I2", _FENCE, 'if b"transfer-encoding" in names and b"content-length" in names:', "if False:", "attacks/test_smuggling.py::test_request_is_answered_once"),
    Control("most streams", "I5", "app/web/streams.py", "if self._of[kind] >= self.pace.most_streams:", "if False:", "web/test_live.py::test_one_reader_too_many_is_told_to_wait"),
    Control("most requests at once", "I5", "app/web/places.py", "if self._taken[kind] >= self._most:", "if False:", "web/test_holding.py::test_requests_have_bounds_of_their_own_and_who_waits_leaves_theirs"),
    Control("who waits is counted by listener", "I5", "app/web/streams.py", "if self._of[kind] >= self.pace.most_streams:", "if self.count >= self.pace.most_streams:", "web/test_holding.py::test_who_waits_by_one_listener_takes_no_place_of_another"),
    Control("largest body", "I2", _FENCE, "if seen <= MAX_BODY_BYTES:", "if True:", "forms/test_envelopes.py::test_body_that_declares_no_length_is_capped_too"),
    Control("refused values are not repeated", "E13", "app/main.py", "app.add_exception_handler(RequestValidationError, _answer_invalid)", "pass", "records/test_waits.py::test_interface_refuses_another_wait"),
    Control("no documentation from elsewhere", "F8", "app/main.py", "docs_url=None", 'docs_url="/docs"', "web/test_headers.py::test_framework_shows_no_pages_of_its_own"),
    Control("requests are told to no collector", "H3", "app/main.py", "        telemetry=_TOLD_TO_NOBODY,\n", "", "attacks/test_telemetry.py::test_requests_are_told_to_no_collector"),
    Control("no redirects of slashes", "E10", "app/main.py", "redirect_slashes=False", "redirect_slashes=True", "web/test_headers.py::test_odd_address_is_not_found"),
    Control("most fields of a form", "I3", _FORMS, "max_num_fields=MAX_FIELDS", "max_num_fields=None", _ENVELOPES),
    Control("field once", "E15", _FORMS, "if len(fields) != len(pairs):", "if False:", _ENVELOPES),
    Control("form type", "E6", _FORMS, '!= "application/x-www-form-urlencoded"', '== "image/png"', _ENVELOPES),
    Control("form in UTF-8", "C13", _FORMS, 'errors="strict"', 'errors="replace"', _ENVELOPES),
    Control("form without NUL", "C13", _FORMS, "if any(", "if False and any(", _ENVELOPES),
    Control("paths of this site", "E10", _FORMS, 'and not path.startswith(("//", "/\\\\"))', "", _LED_AWAY),
    Control("clean paths", "E10", _FORMS, "is_local and is_clean", "is_local", _LED_AWAY),
    Control("guesses at a passphrase", "I7", _LOGIN_ROUTES, 'count_attempt(visit, work, "login", naming.fold_name(name))', "naming.fold_name(name)", _LOGIN + "test_guessing_a_passphrase_is_slowed_down_and_for_one_name_only"),
    Control("passphrases stretched at once", "E17", "app/web/limits.py", "if is_crowded:", "if False:", "web/test_limits.py::test_too_many_stretches_at_once_are_refused"),
    Control("limits forget", "I5", "app/web/limits.py", "if len(windows) > _KEYS_AT_MOST:", "if False:", "web/test_limits.py::test_memory_of_attempts_is_bounded"),
    Control("cookies pass by the cache", "F7", _PAGE_CACHE, 'if name == b"cookie":', 'if name == b"biscuit":', _CACHE + "test_reader_with_a_theme_gets_a_page_of_their_own"),
    Control("cache keeps nothing begun before a change", "H8", _PAGE_CACHE, "if since != self._changes or", "if", _CACHE + "test_page_begun_before_a_change_is_not_kept"),
    Control("cache is bounded", "I10", _PAGE_CACHE, "while self._bytes > self._most_bytes:", "while False:", _CACHE + "test_memory_is_bounded_and_the_least_asked_for_goes_first"),
    Control("cache keeps known questions alone", "I11", _PAGE_CACHE, "if not _known_query.fullmatch(query):", "if False:", _CACHE + "test_address_that_asks_something_else_is_not_kept"),
    Control("counters for the operator alone", "J7", "app/cli/operate.py", "if staff and not _is_loopback", "if staff and not (lambda _: True)", "web/test_metrics.py::test_staff_address_that_others_can_reach_is_refused"),
    Control("staff listener's own hosts", "J7", "app/main.py", "return Fence(app, staff_listener(listening_at), crash)", "return app", "web/test_metrics.py::test_staff_listener_answers_its_own_address_alone"),
    Control("coarse counters", "H6", "app/web/metrics.py", "round(count / COARSE) * COARSE", "count", "web/test_metrics.py::test_what_waits_is_told_in_fives"),
    Control("fields of a log line", "H3", "app/web/logs.py", 'said = {"event": record.msg, "kind": kind', 'said = {"event": getattr(record, "path", record.msg), "kind": kind', "web/test_logs.py::test_field_that_is_not_of_the_list_is_not_written"),
    Control("libraries' words unlogged", "H3", "app/web/logs.py", '"event": "library"', '"event": record.getMessage()', "web/test_logs.py::test_words_of_libraries_and_of_errors_are_not_written"),
    Control("errors' words unlogged", "H3", "app/web/logs.py", "kind=type(error).__name__", "kind=repr(error)", "web/test_logs.py::test_crash_is_logged_without_what_was_typed"),
    Control("templates escape", "E2", "app/web/templating.py", "autoescape=True", "autoescape=False", "attacks/test_xss.py::test_what_was_typed_comes_back_as_text"),
    Control("markup: links lead elsewhere", "E3", "app/web/markup.py", "return _elsewhere.match(address) is not None", "return True", "attacks/test_xss.py::test_link_of_a_post_leads_to_a_whole_address_or_nowhere"),
    Control("markup: links carry nothing along", "E3", "app/web/markup.py", 'link_rel="noopener noreferrer nofollow ugc"', "link_rel=None", "attacks/test_xss.py::test_link_of_a_post_leads_to_a_whole_address_or_nowhere"),
    Control("markup: no images", "E3", "app/web/markup.py", 'parser.disable(["image", "table", *disabled])', 'parser.disable(["table", *disabled])', "attacks/test_xss.py::test_image_of_a_post_is_no_picture"),
    Control("markup: differences escape", "E2", "app/web/markup.py", 'escape("".join(head))', 'Markup("".join(head))', "attacks/test_xss.py::test_rendered_words_hold_no_script"),
    Control("markup: found words escape", "E2", "app/web/markup.py", "if index in hits else escape(token)", "if index in hits else Markup(token)", "attacks/test_xss.py::test_rendered_words_hold_no_script"),
    Control("markup: no piles of marks", "E5", "app/web/markup.py", '_stacked.sub(r"\\1", text)', "text", "attacks/test_xss.py::test_pile_of_marks_is_cut"),
)
# fmt: on
