/** The signing module: what programs and tests use, and on a page, the forms. */
import { enhance } from './forms.js';

export { decodeBase58, encodeBase58, fromMultibase, toMultibase } from './base58.js';
export { fromHex, toBase32, toHex } from './bytes.js';
export { decodeDid, encodeDid } from './did.js';
export { fingerprint, keyFromSeed, sha256, verifySignature } from './ed25519.js';
export { Refused } from './errors.js';
export { linesOf } from './forms.js';
export {
  buildAct,
  buildCard,
  buildDelete,
  buildLoginProof,
  buildNote,
  buildUpdate,
  digestHex,
  digestMultibase,
  newNonce,
  signDocument,
  signingInput,
  verifyRecord,
} from './record.js';
export { assertStrict, canonicalBytes, canonicalText, normaliseLine, normaliseText, parseStrict } from './strict.js';
export { entropyToWords, keysFromEntropy, keysFromWords, newWords, wordsToEntropy } from './words-derive.js';

// A module script runs when the document is parsed, so the forms are there.
if (globalThis.document) enhance(document);
