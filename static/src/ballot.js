/**
 * A ballot in a consultation, made on the device and used there: the host learns in the session that somebody takes a
 * ballot, and without the session how a ballot votes. The ballot follows from the words, so that its voter has it again;
 * it lives as long as the page and is stored nowhere.
 */
import { fromMultibase } from './base58.js';
import { PREFIX, SALT, fromBase64url, readKey, toBase64url } from './blind.js';
import { concat, toHex, utf8 } from './bytes.js';
import { actorOf } from './did.js';
import { hkdf, sha256 } from './ed25519.js';
import { Refused } from './errors.js';
import { makeToken } from './issuer.js';
import { verifyRecord } from './record.js';
import { Said, askToSign, asStranger, hand } from './stranger.js';
import { canonicalText } from './strict.js';
import { findSeed } from './words-derive.js';

export { readKey } from './blind.js';
export { fromHex, toHex } from './bytes.js';
export { findSeed } from './words-derive.js';

/** The kinds of ballots, in the order in which a consultation's record names their keys. */
const KINDS = ['vouched', 'unvouched', 'invited'];
const JSON_TYPE = 'application/json';

/** The secret and the name of the ballot that a posting key has in a consultation, as the server derives them. */
export async function deriveBallot(posting, conversation) {
  const secret = await hkdf(posting, utf8(`goftogu/v1/ballot\0${conversation}`));
  return { secret, name: toHex(await sha256(concat(utf8('goftogu/v1/ballot-name\0'), secret))) };
}

export const ballotMessage = async (key, conversation, name) =>
  concat(utf8('goftogu/v1/ballot\0'), await sha256(key.raw), utf8(`${conversation}\0${name}`));

/** What blinds a request is drawn from the key, so that the same request is made again after a lost answer. */
async function drawFor(posting, conversation, key) {
  const size = PREFIX + SALT + key.factorBytes;
  const info = utf8(`goftogu/v1/ballot-blinding\0${conversation}\0${toBase64url(await sha256(key.raw))}`);
  const base = await crypto.subtle.importKey('raw', posting, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  const drawn = new Uint8Array(await crypto.subtle.deriveBits(how, base, 8 * size));
  let at = 0;
  return (count) => drawn.subarray(at, (at += count));
}

/** The right to a ballot as text. `sign` takes a blinded message to the issuer of its kind and brings the answer. */
export async function makeRight(posting, conversation, kind, key, sign) {
  const { name } = await deriveBallot(posting, conversation);
  const draw = await drawFor(posting, conversation, key);
  return makeToken(key, kind, await ballotMessage(key, conversation, name), sign, draw);
}

/** That the host's signed record opens this consultation and names these keys, and no others. */
export async function checkKeys(raw, { instance, conversation, keys }) {
  const record = await verifyRecord(raw);
  if (record.type !== 'Question' || record.attributedTo !== actorOf(instance) || record.id !== conversation) {
    throw new Refused('record', 'not the record that opens the consultation');
  }
  const named = record['urn:goftogu:ballotKeys'] ?? [];
  for (const [at, kind] of KINDS.entries()) {
    // A multihash: SHA-256, 32 bytes.
    const expected = concat([0x12, 0x20], await sha256(keys[kind]));
    const found = fromMultibase(named[at], 34);
    if (toHex(found) !== toHex(expected)) throw new Refused('record', 'the record names another key');
  }
}

async function readConsultation({ thread, instance }) {
  const answer = await asStranger(`/api/v1/consultations/${thread}`);
  if (!answer.ok) throw new Error('no answer');
  const said = await answer.json();
  const record = await asStranger(`/records/${said.recordDigest}`);
  if (record.status === 404) throw new Refused('unseen', 'the record is not shown yet');
  if (!record.ok) throw new Error('no answer');
  const raw = new Uint8Array(await record.arrayBuffer());
  try {
    const keys = Object.fromEntries(KINDS.map((kind) => [kind, fromBase64url(said.ballotKeys[kind])]));
    await checkKeys(raw, { instance, conversation: said.record, keys });
    return { ...said, keys };
  } catch {
    throw new Refused('record', 'not the keys that the record names');
  }
}

/** Has a ballot signed, and let in: with the kind that the page names, or that with which it was asked for before. */
async function takeBallot(form, place, said, posting, name) {
  const { home, thread, kind } = place;
  let refusal;
  for (const each of [kind, ...KINDS.filter((other) => other !== kind)]) {
    const key = await readKey(said.keys[each]);
    const sign = (message) => askToSign(form, `${home}/t/${thread}/ballot`, message, { kind: each });
    try {
      const token = await makeRight(posting, said.record, each, key, sign);
      return await hand('/api/v1/ballots', JSON_TYPE, canonicalText({ ballot: name, thread, token }));
    } catch (problem) {
      if (!(problem instanceof Said)) throw problem;
      refusal ??= problem;
    }
  }
  throw refusal;
}

/** Opens the ballot of whoever has these words: what is asked, what it said, and how it votes. */
async function openBallot(form, place, words) {
  const said = await readConsultation(place);
  const posting = await findSeed(words, place.personaKey);
  const { secret, name } = await deriveBallot(posting, said.record);
  const holder = { thread: place.thread, secret: toBase64url(secret) };
  const cast = async (votes) =>
    (await hand('/api/v1/votes', JSON_TYPE, canonicalText({ ...holder, votes }))).json();
  const saySide = (side) => hand('/api/v1/sides', JSON_TYPE, canonicalText({ ...holder, side }));
  let sheet;
  try {
    sheet = await cast({});
  } catch (problem) {
    if (problem.code !== 'ballot-unfit') throw problem;
    await takeBallot(form, place, said, posting, name);
    sheet = await cast({});
  }
  return { statements: said.statements, sheet, cast, saySide };
}

/** Another order for everybody, so that not all of them begin with the same statement. */
function shuffle(list) {
  const keys = crypto.getRandomValues(new Uint32Array(list.length));
  return [...list.keys()].sort((one, other) => keys[one] - keys[other]).map((at) => list[at]);
}

function enhance(block) {
  const place = block.dataset;
  const part = (name) => block.querySelector(`[data-${name}]`);
  const form = part('open');
  const [status, error] = [part('status'), part('error')];
  const say = (name) => block.getAttribute(`data-m-${name}`);
  let ballot;
  let order = [];
  let busy = false;

  function complain(problem) {
    const isKnown = problem instanceof Refused || problem instanceof Said;
    const known = problem instanceof Said ? problem.message : say(problem.reason);
    error.textContent = isKnown ? (known ?? say('cannot')) : say('lost');
    error.lang = problem.language ?? document.documentElement.lang;
    if (!known) console.error(problem);
  }

  /** One act at a time; what fails is said, and everything stays as it was. */
  async function act(doing, work) {
    if (busy) return;
    busy = true;
    error.textContent = '';
    status.textContent = say(doing);
    try {
      await work();
    } catch (problem) {
      complain(problem);
    } finally {
      busy = false;
      status.textContent = '';
    }
  }

  function show(target, { text, language }) {
    target.textContent = text;
    target.lang = language;
    target.dir = 'auto';
  }

  function showOwn() {
    const list = part('own-list');
    const voted = order.filter(({ number }) => number in ballot.sheet.votes);
    list.replaceChildren(
      ...voted.map((statement) => {
        const line = part('line').content.firstElementChild.cloneNode(true);
        show(line.querySelector('[data-words]'), statement);
        for (const button of line.querySelectorAll('button')) {
          if (button.value !== ballot.sheet.votes[statement.number]) {
            button.onclick = () => vote(statement.number, button.value);
            continue;
          }
          const own = document.createElement('b');
          own.textContent = button.textContent;
          own.setAttribute('aria-current', 'true');
          button.replaceWith(own);
        }
        return line;
      }),
    );
    part('own').hidden = !voted.length;
  }

  function showNext() {
    const next = order.find(({ number }) => !(number in ballot.sheet.votes));
    part('asked').hidden = !next;
    part('done').hidden = Boolean(next);
    if (next) {
      show(part('statement'), next);
      part('statement').dataset.number = next.number;
    }
    const { saidSide, votes } = ballot.sheet;
    part('side').hidden = saidSide !== false || !Object.keys(votes).length;
    showOwn();
  }

  const vote = (number, value) =>
    act('sending', async () => {
      ballot.sheet = await ballot.cast({ [number]: value });
      showNext();
      (part('asked').hidden ? part('done') : part('statement')).focus();
    });

  form.onsubmit = (event) => {
    event.preventDefault();
    act('making', async () => {
      const typed = part('typed');
      ballot = await openBallot(form, place, typed.value);
      typed.value = '';
      order = shuffle(ballot.statements);
      form.hidden = true;
      showNext();
      (part('asked').hidden ? part('done') : part('statement')).focus();
    });
  };
  for (const button of part('asked').querySelectorAll('button')) {
    button.onclick = () => vote(part('statement').dataset.number, button.value);
  }
  part('side').onsubmit = (event) => {
    event.preventDefault();
    act('sending', async () => {
      await ballot.saySide(new FormData(event.target).get('side'));
      ballot.sheet.saidSide = true;
      part('side').hidden = true;
      part('side-said').hidden = false;
      part('side-said').focus();
    });
  };
  part('plain').hidden = true;
  form.hidden = false;
}

const block = globalThis.document?.querySelector('[data-ballot]');
if (block && globalThis.crypto?.subtle && globalThis.BigInt) enhance(block);
