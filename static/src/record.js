/**
 * Records: documents secured by a Data Integrity proof (eddsa-jcs-2022). Ids and days are arguments, so that the same
 * input gives the same bytes here and on the server.
 */
import { fromMultibase, toMultibase } from './base58.js';
import { concat, toBase32, toHex, randomBytes, utf8 } from './bytes.js';
import { actorOf, decodeDid } from './did.js';
import { sha256, verifySignature } from './ed25519.js';
import { Refused } from './errors.js';
import { assertStrict, canonicalBytes, canonicalText, parseStrict } from './strict.js';

const CONTEXT = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v2'];
const PUBLIC = ['https://www.w3.org/ns/activitystreams#Public'];
const PROOF_MEMBERS = '@context created cryptosuite proofPurpose proofValue type verificationMethod';

const midnight = (day) => `${day}T00:00:00Z`;
const isMidnight = (time) =>
  typeof time === 'string' && /^[2-9].{9}T00:00:00Z$/.test(time) && new Date(time).toJSON() === time.replace('Z', '.000Z');
const methodOf = (did) => `${did}#${did.slice('did:key:'.length)}`;

export const newNonce = () => toBase32(randomBytes(16));

/** What the signature covers: the hash of the proof without its value, then that of the document without proof. */
export const signingInput = async (document, proof) =>
  concat(await sha256(canonicalBytes(proof)), await sha256(canonicalBytes(document)));

/** Secures a document. `members` adds to the proof, or replaces what is in it by default. */
export async function signDocument(document, key, members = {}) {
  const proof = {
    '@context': CONTEXT,
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    created: document.published,
    verificationMethod: methodOf(key.did),
    proofPurpose: 'assertionMethod',
    ...members,
  };
  assertStrict({ ...document, proof });
  const proofValue = toMultibase(await key.sign(await signingInput(document, proof)));
  return { ...document, proof: { ...proof, proofValue } };
}

const same = (value, expected) => canonicalText(value ?? null) === canonicalText(expected);

/**
 * The record in these bytes, or an error. What each type may hold beyond the common members is the business of the
 * server's registry of types; whatever it is, the signature covers it.
 */
export async function verifyRecord(bytes) {
  const record = parseStrict(bytes);
  const { proof, ...document } = record;
  const { proofValue, ...config } = proof ?? {};
  const did = String(config.verificationMethod).split('#')[0];
  const publicKey = decodeDid(did);
  const nonce = String(document.id).split('/objects/')[1];
  const shape =
    same(document['@context'], CONTEXT) &&
    same(document.to, PUBLIC) &&
    typeof document.type === 'string' &&
    document.attributedTo === actorOf(did) &&
    document.id === `ap://${did}/objects/${nonce}` &&
    /^[a-z2-7]{26}$/.test(nonce) &&
    isMidnight(document.published);
  if (!shape) throw new Refused('envelope', 'the common members are not as they must be');
  const proper =
    Object.keys(proof).sort().join(' ') === PROOF_MEMBERS &&
    same(config['@context'], CONTEXT) &&
    config.type === 'DataIntegrityProof' &&
    config.cryptosuite === 'eddsa-jcs-2022' &&
    config.created === document.published &&
    config.verificationMethod === methodOf(did) &&
    config.proofPurpose === 'assertionMethod';
  if (!proper) throw new Refused('proof', 'the proof is not of the one accepted kind');
  await verifySignature(publicKey, await signingInput(document, config), fromMultibase(proofValue, 64));
  return record;
}

const digestOf = (record) => sha256(canonicalBytes(record));

export const digestHex = async (record) => toHex(await digestOf(record));

/** The digest as other records quote it: a SHA-256 multihash in multibase. */
export const digestMultibase = async (record) => toMultibase(concat([0x12, 0x20], await digestOf(record)));

const common = (key, type, { nonce, day }) => ({
  '@context': CONTEXT,
  id: `ap://${key.did}/objects/${nonce}`,
  type,
  attributedTo: actorOf(key.did),
  to: PUBLIC,
  published: midnight(day),
});

// Before the other members of a record: no line takes the place of one.
const words = ({ language, text, lines }) => ({
  contentMap: { [language]: text },
  mediaType: 'text/markdown',
  ...lines,
});

/** A post. With `replyTo` it answers one; else it opens a thread, which `tags` of its board may list. */
export const buildNote = (key, fields) =>
  signDocument(
    {
      ...words(fields),
      ...common(key, 'Note', fields),
      audience: actorOf(fields.board),
      'urn:goftogu:custody': fields.custody ?? 'device',
      ...(fields.replyTo && { inReplyTo: fields.replyTo }),
      ...(fields.tags?.length && { tag: fields.tags.map((tag) => ({ type: 'Hashtag', name: `#${tag}` })) }),
      ...(fields.quotes?.length && { 'urn:goftogu:quotes': fields.quotes }),
    },
    key,
  );

const change = (key, type, fields) => ({
  ...common(key, type, fields),
  audience: actorOf(fields.board),
  object: fields.object,
  'urn:goftogu:previous': fields.previous,
  'urn:goftogu:custody': fields.custody ?? 'device',
});

export const buildUpdate = (key, fields) =>
  signDocument({ ...words(fields), ...change(key, 'Update', fields) }, key);

export const buildDelete = (key, fields) => signDocument(change(key, 'Delete', fields), key);

/** Any other record: its type and members are the JSON of `text`, which the page shows. */
export const buildAct = (key, fields) => {
  const members = JSON.parse(fields.text);
  return signDocument({ ...members, ...common(key, members.type, fields) }, key);
};

/** `postingKeys` is a list of `{ key, custody, state }`; each key says with its own signature that it is this root's. */
export async function buildCard(root, { name, sequence = 1, previous, postingKeys, ...fields }) {
  const claim = utf8(`goftogu/v1/posting-key\n${root.did}`);
  const listed = postingKeys.map(async ({ key, custody = 'device', state = 'active' }) => ({
    id: key.did,
    'urn:goftogu:custody': custody,
    'urn:goftogu:state': state,
    'urn:goftogu:consent': toMultibase(await key.sign(claim)),
  }));
  return signDocument(
    {
      ...common(root, 'Person', fields),
      name,
      'urn:goftogu:sequence': sequence,
      'urn:goftogu:postingKeys': await Promise.all(listed),
      ...(previous && { 'urn:goftogu:previous': previous }),
    },
    root,
  );
}

/** Proves to one instance (`domain`), once (`challenge`) and for a short while, that the key is at hand. */
export const buildLoginProof = (key, { day, domain, challenge, expires }) =>
  signDocument({ '@context': CONTEXT, type: 'urn:goftogu:Login', attributedTo: actorOf(key.did) }, key, {
    created: midnight(day),
    proofPurpose: 'authentication',
    domain,
    challenge,
    expires,
  });
