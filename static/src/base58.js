import { Refused } from './errors.js';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

// Conversion takes quadratic time, and nothing in a record is longer than a 64-byte signature (88 characters).
const LONGEST = 128;

export function encodeBase58(bytes) {
  const digits = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let at = 0; at < digits.length; at++) {
      carry += digits[at] << 8;
      digits[at] = carry % 58;
      carry = (carry / 58) | 0;
    }
    for (; carry; carry = (carry / 58) | 0) digits.push(carry % 58);
  }
  // Leading zero bytes vanish in the number and are written as one "1" each.
  for (let at = 0; at < bytes.length && bytes[at] === 0; at++) digits.push(0);
  return digits.reverse().map((digit) => ALPHABET[digit]).join('');
}

export function decodeBase58(text) {
  if (text.length > LONGEST) throw new Refused('base58', 'base58 text is too long');
  const bytes = [];
  for (const character of text) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) throw new Refused('base58', 'not a base58 character');
    for (let at = 0; at < bytes.length; at++) {
      carry += bytes[at] * 58;
      bytes[at] = carry & 255;
      carry >>= 8;
    }
    for (; carry; carry >>= 8) bytes.push(carry & 255);
  }
  for (let at = 0; at < text.length && text[at] === '1'; at++) bytes.push(0);
  return Uint8Array.from(bytes.reverse());
}

/** Multibase with the one base that records use. */
export const toMultibase = (bytes) => 'z' + encodeBase58(bytes);

export function fromMultibase(text, length) {
  const bytes = typeof text === 'string' && text[0] === 'z' ? decodeBase58(text.slice(1)) : [];
  if (bytes.length !== length) throw new Refused('base58', `expected ${length} bytes in base58btc multibase`);
  return bytes;
}
