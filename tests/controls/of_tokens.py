"""Controls of blind tokens: what keeps their issuer from knowing them, and others from making them."""

from tests.controls.control import Control

_BLIND = "app/crypto/blind.py"

# fmt: off
CONTROLS = (
    Control("tokens unseen", "unlinkability at chance level", _BLIND, "    blinded = value * pow(hidden, EXPONENT, key.modulus) % key.modulus\n", "    blinded, hidden = value, 1\n", "crypto/test_blind.py::test_issuers_notes_lead_to_tokens_no_better_than_chance"),
    Control("private powers masked", "RFC 9474, 7.1", _BLIND, "mask = _factor_below(self.public, factor)", "mask = 1", "crypto/test_blind.py::test_time_of_an_answer_tells_nothing_of_the_message"),
    Control("wrong powers stay inside", "RFC 9474, 4.3", _BLIND, "if pow(signature, EXPONENT, modulus) != value:", "if False:", "crypto/test_blind.py::test_wrong_computation_does_not_leave_the_issuer"),
    Control("issuers sign in range", "RFC 9474, 4.3", _BLIND, " or value >= modulus:", ":", "crypto/test_blind.py::test_issuer_signs_nothing_but_blinded_messages_of_its_key"),
    Control("answers verified", "RFC 9474, 4.4", _BLIND, "    verify_signature(key, prepared, signature)\n    return signature", "    return signature", "crypto/test_blind.py::test_answer_with_a_flipped_bit_makes_no_token"),
    Control("tokens verified", "RFC 9474, 4.5", _BLIND, "key.rsa.verify(signature, prepared, _PADDING, SHA384())", "pass", "crypto/test_blind.py::test_every_flipped_bit_of_one_token_is_refused"),
    Control("prefix of a token", "blind even to a key made with malice", _BLIND, "if len(prefix) != PREFIX_BYTES:", "if False:", "crypto/test_blind.py::test_prefix_has_its_length"),
    Control("prefix asked for", "blind even to a key made with malice", _BLIND, "if len(prepared) < PREFIX_BYTES:", "if False:", "crypto/test_blind.py::test_message_without_a_prefix_does_not_verify"),
    Control("salt of a token", "RFC 9474, 4.2", _BLIND, "if len(salt) != SALT_BYTES:", "if False:", "crypto/test_blind.py::test_salt_has_its_length"),
    Control("factors uniform", "RFC 9474, 4.2", _BLIND, "if len(factor) != key.factor_bytes:", "if False:", "crypto/test_blind.py::test_factor_is_wide_and_has_an_inverse"),
    Control("factors undone", "RFC 9474, 4.2", _BLIND, '        raise MalformedError("a blinding factor has no inverse")\n', "        pass\n", "crypto/test_blind.py::test_factor_is_wide_and_has_an_inverse"),
    Control("issuers sound", "RFC 9474, 4.2", _BLIND, '        raise VerificationError("an issuer\'s public key is not sound")\n', "        pass\n", "crypto/test_blind.py::test_key_that_is_not_sound_blinds_nothing"),
    Control("issuers in one form", "one key for all is one text for all", _BLIND, " or _encode(key) != raw:", ":", "crypto/test_blind.py::test_public_key_has_one_form"),
    Control("issuers' exponent", "RFC 9474, 5", _BLIND, "if numbers.e != EXPONENT:", "if False:", "crypto/test_blind.py::test_key_with_another_exponent_is_refused"),
    Control("issuers' size", "2048 bits", _BLIND, "if not LEAST_BITS <= key.key_size <= MOST_BITS or key.key_size % 8:", "if False:", "crypto/test_blind.py::test_key_of_another_size_is_refused"),
    Control("issuers' keys hidden", "H3", _BLIND, 'return "BlindSigningKey(…)"', "return self._raw.hex()", "crypto/test_blind.py::test_secrets_are_not_shown_pickled_or_compared"),
    Control("blinding hidden", "H3", _BLIND, "secret: int = field(repr=False)", "secret: int = field()", "crypto/test_blind.py::test_secrets_are_not_shown_pickled_or_compared"),
)
# fmt: on
