"""Controls of several processes, replicas and groups of posts."""

from tests.controls.control import Control

_SHARED, _LIMITS = "app/web/shared.py", "app/web/shared_limits.py"
_GROUP, _PIPING = "app/db/group.py", "app/db/piping.py"
_REPLICAS = "app/db/replicas.py"
_OF_SHARED = "web/test_shared.py::"
_OF_ROWS = "postgres/test_rows_together.py::"

# fmt: off
CONTROLS = (
    Control("other processes hear of an erasure", "an erasure holds", "app/web/sharing.py", "    db.tellers.append(shared.tell)\n", "", _OF_SHARED + "test_what_one_process_erases_the_other_shows_no_more"),
    Control("pages hear of what commands erase", "an erasure holds", "app/cli/opened.py", "    house.db.tellers.append(house.beside.tell)\n", "", "cli/test_kept_pages.py::test_kept_page_shows_nothing_that_a_command_took_away"),
    Control("pages grow old without Redis", "an erasure holds", "app/main.py", "return MOST_AGE_S if shared is not None and shared.is_heard else MOST_AGE_ALONE_S", "return 3600.0", _OF_SHARED + "test_pages_are_served_without_redis_and_an_erasure_holds_within_seconds"),
    Control("pages that are too old", "an erasure holds", "app/web/page_cache.py", "monotonic() > page.made_at + self._most_age_s()", "False", _OF_SHARED + "test_page_that_is_too_old_is_made_anew"),
    Control("pages go on without Redis", "B6", _SHARED, "        except redis.RedisError as error:\n            self._rests_until", "        except KeyError as error:\n            self._rests_until", _OF_SHARED + "test_pages_are_served_without_redis_and_an_erasure_holds_within_seconds"),
    Control("limits over all processes", "A8", _LIMITS, "return max(super().count(bucket, key, now), count or 0)", "return super().count(bucket, key, now)", _OF_SHARED + "test_limits_hold_over_both"),
    Control("limits without Redis", "A8", _LIMITS, "count = self._shared.attempt(lambda client: client.eval(_COUNT, 1, name, bucket.per_s))\n        return max(", "return self._shared.attempt(lambda client: client.eval(_COUNT, 1, name, bucket.per_s)) or 0\n        return max(", _OF_SHARED + "test_limits_hold_in_each_process_without_redis"),
    Control("used once over all processes", "A8", _LIMITS, 'if self._once(self._name("once", key), max(1, until - now + 1)):', "if False:", _OF_SHARED + "test_limits_hold_over_both"),
    Control("no names in Redis", "H4", _LIMITS, 'hmac.digest(self._key, text, "sha256").hex()', "text.decode()", _OF_SHARED + "test_form_tokens_are_good_at_both_and_what_redis_holds_names_nobody"),
    Control("replicas that lag are not asked", "an erasure holds", _REPLICAS, "            if is_near:", "            if True:", "postgres/test_replicas.py::test_page_is_never_made_from_before_an_erasure"),
    Control("replicas wait for what was written", "an erasure holds", _REPLICAS, 'self._changes += 1\n        self._floor_at = float("-inf")', "self._changes += 1", "postgres/test_replicas.py::test_page_is_never_made_from_before_an_erasure"),
    Control("refused rows tried with care", "A6", _GROUP, "self._try(batch, is_careful=True)", "self._try(batch, is_careful=False)", _OF_ROWS + "test_row_that_the_database_refuses_harms_nobody_beside_it"),
    Control("commits never tried again", "A6", _GROUP, "                may_try_again = False\n", "                pass\n", _OF_ROWS + "test_what_fails_in_the_commit_is_not_done_twice"),
    Control("rows of refused steps dropped", "A6", _PIPING, "        del self._waiting[self._own_from or 0 :]\n", "", _OF_ROWS + "test_step_that_only_adds_is_undone_by_itself"),
    Control("savepoint before a step's own", "A6", _PIPING, "self._waiting.insert(self._own_from, _BEGIN)", "self._waiting.append(_BEGIN)", _OF_ROWS + "test_step_that_writes_by_itself_is_undone_by_itself"),
    Control("failed steps undone", "A6", _PIPING, "run_all(self._connection, [(_UNDO, None), (_END, None)])", "run_all(self._connection, [(_END, None)])", _OF_ROWS + "test_step_that_writes_by_itself_is_undone_by_itself"),
)
