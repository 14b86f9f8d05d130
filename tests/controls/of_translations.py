"""Controls of translations and summaries: words go with their originals, and no sentence is without a source."""

from tests.controls.control import Control

_SUMMARIES, _TRANSLATIONS = "app/opinion/rules/summaries.py", "app/opinion/rules/translations.py"
_STORE, _SEARCH = "app/forum/store/translations.py", "app/forum/search.py"
_MACHINE, _OUT = "opinion/test_machine.py::", "app/web/outbound.py"
_OF_TRANSLATIONS, _OF_SUMMARIES = "opinion/test_translations.py::", "opinion/test_summaries.py::"

# fmt: off
CONTROLS = (
    Control("sentences with sources", "C5", _SUMMARIES, "        if not sentence.cites:", "        if False:", _OF_SUMMARIES + "test_uncited_sentence_is_not_published"),
    Control("sources that can be read", "C5", _SUMMARIES, "if not set(sentence.cites) <= set(citable):", "if False:", _OF_SUMMARIES + "test_sentence_cites_posts_of_this_thread_that_readers_can_read"),
    Control("refused, and nothing kept", "C5", "app/opinion/service/statements.py", "    with work.attempt():\n        return _accept_kind(work, record, of_forum)\n", "    return _accept_kind(work, record, of_forum)\n", "federation/test_bundled_tongues.py::test_uncited_sentence_is_not_brought_by_a_bundle"),
    Control("translations go with originals", "issue 8", _STORE, "    is_away = row.parent_erased_on is not None or bool(row.parent_is_hidden)\n", "    is_away = False\n", _OF_TRANSLATIONS + "test_erased_words_are_read_in_no_translation"),
    Control("translations leave the index", "issue 8", _SEARCH, "        _PARENT.c.erased_on.is_(None), _PARENT.c.is_hidden.is_not(True),\n", "", _OF_TRANSLATIONS + "test_erased_words_are_read_in_no_translation"),
    Control("translations leave bundles", "issue 8", "app/federation/bundles/gathering.py", "        self._leave_out_lost()\n", "", "federation/test_bundled_tongues.py::test_bundle_leaves_out_translations_of_what_is_gone"),
    Control("rated words stay", "issue 8", "app/opinion/service/statements.py", "    PostKind.TRANSLATION: RatedWordsError,\n", "", _OF_TRANSLATIONS + "test_translation_is_erased_and_never_revised"),
    Control("machine's words go at once", "D6", "app/wiring.py", "        opinion.forget_machine,\n", "", _MACHINE + "test_texts_of_erased_and_hidden_posts_leave_the_table_at_once"),
    Control("machine on this host", "D6", _OUT, " or not is_own:", ":", _MACHINE + "test_any_other_is_refused_with_a_sentence"),
    Control("machine by no proxy", "D6", _OUT, "with httpx.Client(trust_env=False", "with httpx.Client(trust_env=True", _MACHINE + "test_no_proxy_of_the_environment_hears_the_text"),
    Control("machine looked at before anything starts", "D6", "app/wiring.py", "        outbound.parse_own_host(settings.translate_url)\n", "        pass\n", _MACHINE + "test_instance_with_a_machine_elsewhere_does_not_start"),
    Control("silent failures", "D6", _TRANSLATIONS, " or spoken_words(result) == spoken_words(source)", "", _MACHINE + "test_sentence_counts_as_translated_when_it_is_another_in_that_language"),
)
