/**
 * Blind RSA signatures as their holder sees them (RFC 9474, RSABSSA-SHA384-PSS-Randomized): the issuer signs without
 * seeing what. Salts and factors are arguments. WebCrypto hashes and verifies, so this needs a page that has it.
 */
import { concat, fromHex, toHex, utf8 } from './bytes.js';
import { Refused } from './errors.js';

const EXPONENT = 65537n;
const HASH = 48;
const PSS = { name: 'RSA-PSS', saltLength: HASH };
export const PREFIX = 32;
export const SALT = 48;

const subtle = () => globalThis.crypto.subtle;
const sha384 = async (bytes) => new Uint8Array(await subtle().digest('SHA-384', bytes));
const toNumber = (bytes) => BigInt(`0x${toHex(bytes)}`);
const toBytes = (number, length) => fromHex(number.toString(16).padStart(2 * length, '0'));

export function fromBase64url(text) {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

export const toBase64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** An issuer's public key from its SubjectPublicKeyInfo: 2048 to 4096 bits, and the one exponent. */
export async function readKey(raw) {
  const how = { name: 'RSA-PSS', hash: 'SHA-384' };
  const key = await subtle().importKey('spki', raw, how, true, ['verify']);
  const { n, e } = await subtle().exportKey('jwk', key);
  const bytes = fromBase64url(n);
  const isSound = bytes.length >= 256 && bytes.length <= 512 && bytes[0] >= 128;
  if (!isSound || toNumber(fromBase64url(e)) !== EXPONENT) throw new Refused('key', 'not a key of an issuer');
  return { raw, key, modulus: toNumber(bytes), size: bytes.length, factorBytes: bytes.length + 16 };
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let square = base % modulus, left = exponent; left; left >>= 1n, square = (square * square) % modulus) {
    if (left & 1n) result = (result * square) % modulus;
  }
  return result;
}

/** The inverse, by Euclid's algorithm; where there is none, the key is not sound. */
function invert(number, modulus) {
  let [a, b, x, y] = [number, modulus, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  if (a !== 1n) throw new Refused('factor', 'a number has no inverse');
  return ((x % modulus) + modulus) % modulus;
}

/** MGF1 (RFC 8017, appendix B.2.1). */
async function mask(seed, size) {
  const blocks = [];
  for (let count = 0; count * HASH < size; count++) blocks.push(await sha384(concat(seed, [0, 0, 0, count])));
  return concat(...blocks).subarray(0, size);
}

/** EMSA-PSS (RFC 8017, section 9.1.1) for a modulus of whole bytes: the padded message has one bit less. */
async function pad(message, salt, size) {
  const digest = await sha384(concat(new Uint8Array(8), await sha384(message), salt));
  const rest = size - HASH - 1;
  const block = concat(new Uint8Array(rest - SALT - 1), [1], salt);
  const masked = (await mask(digest, rest)).map((byte, at) => byte ^ block[at]);
  masked[0] &= 127;
  return concat(masked, digest, [0xbc]);
}

/** What the issuer is to sign, and the secret that takes the blinding off again (section 4.2). */
export async function blind(key, prepared, { salt, factor }) {
  if (salt.length !== SALT || factor.length !== key.factorBytes) throw new Refused('factor', 'another length');
  const value = toNumber(await pad(prepared, salt, key.size));
  const hidden = toNumber(factor) % key.modulus;
  const secret = invert(hidden, key.modulus);
  return { message: toBytes((value * power(hidden, EXPONENT, key.modulus)) % key.modulus, key.size), secret };
}

/** The signature over a prepared message from the issuer's answer, if it holds (section 4.4). */
export async function finalize(key, prepared, answer, secret) {
  if (answer.length !== key.size) throw new Refused('answer', 'not an answer of this key');
  const signature = toBytes((toNumber(answer) * secret) % key.modulus, key.size);
  if (!(await subtle().verify(PSS, key.key, signature, prepared))) {
    throw new Refused('answer', 'the issuer signed something else');
  }
  return signature;
}

/** What invitations of a key say: their random prefix alone tells them apart. */
export async function invitationMessage(key) {
  return concat(utf8('goftogu/v1/invitation\0'), new Uint8Array(await subtle().digest('SHA-256', key.raw)));
}
