import { fromMultibase, toMultibase } from './base58.js';
import { concat } from './bytes.js';
import { Refused } from './errors.js';

const METHOD = 'did:key:';
const MULTICODEC = [0xed, 0x01]; // Ed25519 public key, as an unsigned varint

export const encodeDid = (publicKey) => METHOD + toMultibase(concat(MULTICODEC, publicKey));

/** The 32 key bytes of an Ed25519 did:key; whether they are a point is asked by the signature check. */
export function decodeDid(did) {
  const bytes = typeof did === 'string' && did.startsWith(METHOD) ? fromMultibase(did.slice(METHOD.length), 34) : [];
  if (bytes[0] !== MULTICODEC[0] || bytes[1] !== MULTICODEC[1]) throw new Refused('did', 'not an Ed25519 did:key');
  return bytes.subarray(2);
}

export const actorOf = (did) => `ap://${did}/actor`;
