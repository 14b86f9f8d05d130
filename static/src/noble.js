/**
 * The part that is only fetched when it is needed: to verify (browsers disagree about odd keys and signatures, this
 * code is the same everywhere), and to sign or derive keys where the page has no WebCrypto, as on plain http onions.
 */
import { Point, getPublicKey, hashes, sign, verify } from '@noble/ed25519';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';

import { concat } from './bytes.js';

hashes.sha512 = sha512;

export { getPublicKey, sha256, sign };

/** HKDF with an empty salt; 32 bytes are one block of SHA-256, so expanding is one step and its counter is 1. */
export const hkdf = (secret, info) => hmac(sha256, hmac(sha256, new Uint8Array(32), secret), concat(info, [1]));

const inMainSubgroup = (bytes) => {
  const point = Point.fromBytes(bytes, false);
  return !point.is0() && point.isTorsionFree();
};

/**
 * The acceptance rule: cofactorless, S < L, canonical A and R, R not of low order, A of prime order.
 *
 * The library multiplies its equation by the cofactor, which forgives parts of small order. With A and R both in the
 * prime-order subgroup there is nothing to forgive, and its equation is the cofactorless one. Asking that of R refuses
 * nothing that the rule accepts: R = S·B − k·A lies in the subgroup whenever A does.
 */
export function accepts(publicKey, message, signature) {
  try {
    return (
      verify(signature, message, publicKey, { zip215: false }) &&
      inMainSubgroup(publicKey) &&
      inMainSubgroup(signature.subarray(0, 32))
    );
  } catch {
    return false; // wrong lengths, and encodings that are no point
  }
}
