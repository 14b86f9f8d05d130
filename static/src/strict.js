/**
 * The strict JSON profile of records, and the clean-up of what people type.
 *
 * A record is judged as received. Decoding, parsing and canonicalising must lead back to the very same bytes; that one
 * comparison refuses white space, duplicate keys, unsorted keys, `1.0`, `-0`, needless escapes and everything else that
 * would let two texts mean one record. What survives a round trip (fractions, lone surrogates, null) is refused by name.
 */
import canonicalize from 'canonicalize';

import { utf8 } from './bytes.js';
import { Refused } from './errors.js';

/** RFC 8785 text of any JSON value. */
export const canonicalText = (value) => canonicalize(value);

export const canonicalBytes = (value) => utf8(canonicalize(value));

// The deepest record has four levels. The limit keeps the recursion here and in canonicalising from running out of stack.
const DEEPEST = 32;

export function assertStrict(value, depth = 0) {
  if (depth > DEEPEST) throw new Refused('strict', 'nested too deeply');
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new Refused('strict', 'lone surrogate');
    if (value.includes('\r')) throw new Refused('strict', 'carriage return');
    if (value !== value.normalize('NFC')) throw new Refused('strict', 'text is not in NFC');
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Refused('strict', 'not a safe integer');
  } else if (Array.isArray(value)) {
    for (const member of value) assertStrict(member, depth + 1);
  } else if (value && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) {
      if (!/^[\0-\x7f]*$/.test(key)) throw new Refused('strict', 'key is not ASCII');
      // A CR in a key would pass every other test, and keys are strings too.
      assertStrict(key);
      assertStrict(member, depth + 1);
    }
  } else if (typeof value !== 'boolean') {
    throw new Refused('strict', 'null has no place in a record');
  }
}

export function parseStrict(bytes) {
  let value;
  try {
    // `ignoreBOM` means "leave it in", so that JSON.parse meets it and fails.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Refused('strict', 'not JSON in UTF-8');
  }
  assertStrict(value);
  const again = canonicalBytes(value);
  if (again.length !== bytes.length || again.some((byte, at) => byte !== bytes[at])) {
    throw new Refused('strict', 'not the canonical bytes of what it says');
  }
  return value;
}

// The server strips with Python, whose idea of white space is not JavaScript's: it has U+001C to U+001F and U+0085,
// and lacks U+FEFF. Both must cut the same characters, so the set is spelt out.
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const SPACES = new RegExp(SPACE, 'g');
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, 'g');

// A browser sends a lone surrogate as U+FFFD; a signed text must not differ from a sent one.
const composed = (text) => text.replace(/\p{Surrogate}/gu, '\ufffd').normalize('NFC');

export const normaliseText = (text) => composed(text).replace(/\r\n?/g, '\n').replace(OUTER_SPACE, '');

export const normaliseLine = (text) => composed(text).replace(SPACES, ' ').replace(OUTER_SPACE, '');
