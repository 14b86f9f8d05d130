/**
 * Hashes, key derivation, signing and verifying: by WebCrypto where the page has it, otherwise by the noble chunk.
 */
import { concat, toBase32 } from './bytes.js';
import { decodeDid, encodeDid } from './did.js';
import { Refused } from './errors.js';

const noble = () => import('./noble.js');

// Browsers hide `subtle` from pages that are not secure contexts; asking each time lets tests take it away.
const subtle = () => globalThis.crypto?.subtle;

// RFC 8410: the fixed head of a PKCS #8 file that holds one Ed25519 seed.
const PKCS8 = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

export async function sha256(bytes) {
  if (!subtle()) return (await noble()).sha256(bytes);
  return new Uint8Array(await subtle().digest('SHA-256', bytes));
}

/** HKDF-SHA256 with an empty salt, 32 bytes. */
export async function hkdf(secret, info) {
  if (!subtle()) return (await noble()).hkdf(secret, info);
  const key = await subtle().importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  return new Uint8Array(await subtle().deriveBits(how, key, 256));
}

/**
 * A signing key. `secret` is a CryptoKey that cannot be read out, or the bare seed where there is no WebCrypto; it is
 * what "remember on this device" stores.
 */
export function keyOf(did, secret) {
  const bare = secret instanceof Uint8Array;
  return {
    did,
    publicKey: decodeDid(did),
    secret,
    sign: async (message) =>
      bare ? (await noble()).sign(message, secret) : new Uint8Array(await subtle().sign('Ed25519', secret, message)),
  };
}

export async function keyFromSeed(seed) {
  if (subtle()) {
    try {
      const pkcs8 = concat(PKCS8, seed);
      // WebCrypto tells a public key only by exporting the private one, so the readable import lives for this moment.
      const readable = await subtle().importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
      const { x } = await subtle().exportKey('jwk', readable);
      const publicKey = Uint8Array.from(atob(x.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
      return keyOf(encodeDid(publicKey), await subtle().importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']));
    } catch {
      // Older browsers have WebCrypto without Ed25519; what they throw differs, what to do about it does not.
    }
  }
  return keyOf(encodeDid((await noble()).getPublicKey(seed)), seed);
}

export async function verifySignature(publicKey, message, signature) {
  if (!(await noble()).accepts(publicKey, message, signature)) {
    throw new Refused('signature', 'the signature does not hold');
  }
}

/** What people compare: the first 80 bits of the key's SHA-256, as four groups of four characters. */
export async function fingerprint(did) {
  const digest = await sha256(decodeDid(did));
  return toBase32(digest.subarray(0, 10)).match(/..../g).join(' ');
}
