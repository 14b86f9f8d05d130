/**
 * Checks one post in the reader's browser: that its record is the one which the page names, that the record's signature
 * holds, that the page shows the signed words, and that the log holds the record (C2SP tlog-proof, signed-note,
 * tlog-cosignature, RFC 6962). Nothing that the host says of these is believed but the keys, which the page names.
 */
import { concat, toHex, utf8 } from './bytes.js';
import { sha256, verifySignature } from './ed25519.js';
import { Refused } from './errors.js';
import { verifyRecord } from './record.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const SIGNATURE = 1;
const COSIGNATURE = 4;
const TIME_BYTES = 8;

/** The record in these bytes, if it has this digest, its signature holds, and this key signed it. */
export async function checkRecord(raw, { digest, signer, kind }) {
  if (toHex(await sha256(raw)) !== digest) throw new Refused('digest', 'another record than the page names');
  const record = await verifyRecord(raw);
  if (record.attributedTo !== `ap://${signer}/actor`) throw new Refused('signer', 'another key than the page names');
  if (record.type !== kind) throw new Refused('type', 'another type than the page names');
  return record;
}

/** That a record is the first version of the post with this digest, or a revision of that: these bytes are the first. */
export async function checkFirst(record, raw, digest) {
  if (toHex(await sha256(raw)) !== digest) throw new Refused('digest', 'another record than the address names');
  const first = await verifyRecord(raw);
  if (record.id !== first.id && record.object !== first.id) throw new Refused('first', 'a revision of another post');
}

/** Whether these are the signed words. An opening that was signed without a title (`name`) shows one of its first line. */
export function checkWords(record, { words, lines }) {
  const [signed] = Object.values(record.contentMap ?? {});
  const differs = (member) => record[member] !== lines[member] && (member !== 'name' || member in record);
  if (signed !== words || Object.keys({ name: '', ...lines }).some(differs)) {
    throw new Refused('words', 'the page shows other words than the signed ones');
  }
}

const letters = (text) => text.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '');

// Links, escapes, numbered lists and code with a language have letters that a reader does not see; nesting too deep for
// the renderer, too many marks on a letter, and lines beyond the most that it takes lose some.
const HIDING = /[[\]<&\\]|```|~~~|^(?:[^\S\n]|[>*+-])*\d+[.)]|^(?:[^\S\n]*[>*+-]){7}|\p{M}{4}/mu;
const MOST_LINES = 400;

/**
 * Whether a text shown formatted has the letters and digits of its source. False: its marks hide some, so that only an
 * eye can compare.
 */
export function checkShown(source, shown) {
  if (HIDING.test(source) || source.split('\n').length > MOST_LINES) return false;
  if (letters(source) !== letters(shown)) throw new Refused('shown', 'the post reads otherwise than the signed words');
  return true;
}

function fromBase64(text) {
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Refused('base64', 'not base64');
  }
  // Each value has one form: no blanks, no spare bits.
  if (btoa(raw) !== text) throw new Refused('base64', 'not base64 in its one form');
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

const malformed = () => new Refused('proof-file', 'not a proof of the kind that logs publish');

function parseHash(text) {
  const hash = fromBase64(text);
  if (hash.length !== 32) throw malformed();
  return hash;
}

function parseSize(text) {
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) throw malformed();
  return Number(text);
}

/** `<name>+<key id>+<base64 of algorithm and key>` */
async function parseKey(text) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const body = fromBase64(encoded ?? '');
  const expected = (await sha256(concat(utf8(`${name}\n`), body))).subarray(0, 4);
  if (body.length !== 33 || toHex(expected) !== id) throw new Refused('key', 'not a key of a log or a witness');
  return { name, id, algorithm: body[0], key: body.subarray(1) };
}

function parseProof(raw) {
  // What is not UTF-8 becomes other characters, and no signature holds for these.
  const parts = new TextDecoder().decode(raw).split('\n\n');
  const [header, ...lines] = parts[0].split('\n');
  if (parts.length !== 3 || header !== HEADER || !parts[2].endsWith('\n')) throw malformed();
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const [place, ...path] = lines;
  if (!place?.startsWith('index ')) throw malformed();
  const [origin, size, root] = parts[1].split('\n');
  const signatures = parts[2].slice(0, -1).split('\n').map((line) => {
    const [, name, value] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    if (!name) throw malformed();
    const bytes = fromBase64(value);
    return { name, id: toHex(bytes.subarray(0, 4)), value: bytes.subarray(4) };
  });
  return {
    index: parseSize(place.slice(6)),
    path: path.map(parseHash),
    text: `${parts[1]}\n`,
    origin,
    size: parseSize(size ?? ''),
    root: parseHash(root ?? ''),
    signatures,
  };
}

/** RFC 9162, section 2.1.3.2: the root that a path leads to. Places beyond 32 bits need division, not shifts. */
export async function rootFrom(leaf, { index, size, path }) {
  let hash = await sha256(concat([0], leaf));
  let at = index;
  let last = size - 1;
  if (index >= size) throw new Refused('inclusion', 'the place is beyond the log');
  for (const other of path) {
    if (last === 0) throw new Refused('inclusion', 'the proof is too long');
    const isRight = at % 2 === 1;
    if (isRight || at === last) {
      hash = await sha256(concat([1], other, hash));
      for (; !isRight && at !== 0 && at % 2 === 0; at /= 2) last = Math.floor(last / 2);
    } else {
      hash = await sha256(concat([1], hash, other));
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new Refused('inclusion', 'the proof is too short');
  return hash;
}

const signaturesOf = ({ signatures }, key) => signatures.filter(({ name, id }) => name === key.name && id === key.id);

/**
 * The place of a record in a log, if the log's key signed the checkpoint and the proof leads from the record's entry to
 * it. The other signatures under the checkpoint are not looked at.
 */
export async function checkProof(raw, { digest, kind, logKey }) {
  const proof = parseProof(raw);
  const key = await parseKey(logKey);
  if (proof.origin !== key.name) throw new Refused('origin', 'a proof of another log');
  const found = signaturesOf(proof, key);
  if (key.algorithm !== SIGNATURE || !found.length) throw new Refused('log', 'the log did not sign');
  for (const { value } of found) await verifySignature(key.key, utf8(proof.text), value);
  const leaf = utf8(`{"d":"${digest}","t":"${kind}","v":1}`);
  const root = await rootFrom(leaf, proof);
  if (toHex(root) !== toHex(proof.root)) throw new Refused('inclusion', 'the log does not hold this record there');
  return { index: proof.index, size: proof.size };
}

/**
 * How many of these witnesses cosigned the checkpoint of a proof: each signs it after a second of its own. One that did
 * not is no fault, for they sign when they can; one whose signature does not hold is.
 */
export async function countCosigners(raw, witnesses) {
  const proof = parseProof(raw);
  let count = 0;
  for (const text of witnesses) {
    const key = await parseKey(text);
    const found = signaturesOf(proof, key);
    if (key.algorithm !== COSIGNATURE || !found.length) continue;
    for (const { value } of found) {
      if (value.length < TIME_BYTES) throw malformed();
      const time = BigInt(`0x${toHex(value.subarray(0, TIME_BYTES))}`);
      const message = utf8(`cosignature/v1\ntime ${time}\n${proof.text}`);
      await verifySignature(key.key, message, value.subarray(TIME_BYTES));
    }
    count++;
  }
  return count;
}

async function fetchBytes(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`no such file: ${path}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Shows, of the parts with an attribute, those that have this value. */
function show(within, name, value) {
  for (const part of within.querySelectorAll(`[data-${name}]`)) part.hidden = part.dataset[name] !== value;
}

/** One step and its sentence; false: it was taken, and does not settle the question. What it refuses is undefined. */
async function take(part, name, step) {
  const line = part.querySelector(`[data-step="${name}"]`);
  let result;
  try {
    result = await step();
    show(line, 'is', result === false ? 'unsure' : 'good');
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show(line, 'is', 'bad');
  }
  line.hidden = false;
  return result;
}

function readPage() {
  return {
    words: document.querySelector('[data-words]').textContent,
    lines: Object.fromEntries(
      Array.from(document.querySelectorAll('[data-line]'), ({ dataset, textContent }) => [dataset.line, textContent]),
    ),
    shown: document.querySelector('main .letter .prose [lang]').textContent,
  };
}

async function check(part) {
  const { digest, signer, kind, logKey, record: recordPath, proof: proofPath } = part.dataset;
  const witnesses = part.dataset.witnesses.split(' ').filter(Boolean);
  // The reader's own link names the first version, whatever the page says.
  const named = location.pathname.split('/').pop();
  show(part, 'state', 'asking');
  try {
    const paths = [recordPath, proofPath, `/records/${named}`];
    const [raw, proof, first] = await Promise.all(paths.map(fetchBytes));
    const record = await take(part, 'record', async () => {
      const found = await checkRecord(raw, { digest, signer, kind });
      await checkFirst(found, first, named);
      return found;
    });
    const words = await take(part, 'words', () => {
      const { words, lines, shown } = readPage();
      checkWords(record ?? {}, { words, lines });
      return checkShown(words, shown);
    });
    const log = await take(part, 'log', () => checkProof(proof, { digest, kind, logKey }));
    const cosigners = witnesses.length
      ? await take(part, 'witnesses', async () => (await countCosigners(proof, witnesses)) > 0)
      : 0;
    const refused = [record, words, log, cosigners].includes(undefined);
    show(part, 'state', refused ? 'bad' : 'good');
  } catch {
    // No network, or no such file: that proves nothing, in either direction.
    show(part, 'state', 'lost');
  }
}

const part = globalThis.document?.querySelector('[data-check]');
if (part) {
  const button = part.querySelector('button');
  part.hidden = false;
  button.onclick = () => check(part);
  // Who came by a post's "verify" has asked already.
  if (location.hash === '#verify') check(part);
}
