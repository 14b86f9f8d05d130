const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export const utf8 = (text) => new TextEncoder().encode(text);

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new TypeError('not lower-case hex');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** RFC 4648 base32 in lower case without padding, which is how nonces and fingerprints are written. */
export function toBase32(bytes) {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= 31;
  }
  return bits ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** `getRandomValues` exists on every page, secure context or not; without it nothing here may run. */
export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));
