/**
 * Somebody else's verifier: Digital Bazaar's Data Integrity suite, which shares no code with this project, judges the
 * same records. Reads records as JSON, one a line, and prints "ok" or "refused: <why>" for each.
 *   node verify.mjs < records.jsonl
 *
 * Nothing is fetched. A did:key is its own document, and the suite asks for no context, because canonical JSON is
 * signed without expanding any; a loader that knows did:key alone proves that too.
 */
import { readFileSync } from 'node:fs';

import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { createVerifyCryptosuite } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import jsigs from 'jsonld-signatures';

const DID_CONTEXT = 'https://www.w3.org/ns/did/v1';
const MULTIKEY_CONTEXT = 'https://w3id.org/security/multikey/v1';

async function documentLoader(url) {
  const [, did, multibase, fragment] = /^(did:key:(z[1-9A-HJ-NP-Za-km-z]+))(?:#(.+))?$/.exec(url) ?? [];
  if (!did || (fragment && fragment !== multibase)) throw new Error(`offline: ${url} is not a did:key`);
  const id = `${did}#${multibase}`;
  const method = { id, type: 'Multikey', controller: did, publicKeyMultibase: multibase };
  const document = fragment
    ? { '@context': MULTIKEY_CONTEXT, ...method }
    : { '@context': [DID_CONTEXT, MULTIKEY_CONTEXT], id: did, verificationMethod: [method], assertionMethod: [id] };
  return { contextUrl: null, documentUrl: url, document };
}

const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
const purpose = new jsigs.purposes.AssertionProofPurpose();

async function verdict(line) {
  try {
    const { verified, error } = await jsigs.verify(JSON.parse(line), { suite, purpose, documentLoader });
    // The outer error only says that verification failed; what failed is inside.
    return verified ? 'ok' : `refused: ${(error.errors?.[0] ?? error).message}`;
  } catch (error) {
    return `refused: ${error.message}`;
  }
}

// Node's own line reader also breaks at U+2028, which JSON writes as it is.
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line) process.stdout.write(`${(await verdict(line)).replaceAll('\n', ' ')}\n`);
}
