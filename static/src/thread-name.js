/**
 * An answer under a name for one thread, made on the device: the host learns in the session that somebody takes a name,
 * and without the session which name comes. While the box is ticked nothing of the form is sent by itself, neither to
 * preview nor to keep: words for the name would stand beside its persona.
 */
import { linesOf } from './signer.js';

import { fromBase64url, readKey } from './blind.js';
import { concat, toBase32, utf8 } from './bytes.js';
import { fingerprint, hkdf, keyFromSeed, sha256 } from './ed25519.js';
import { Refused } from './errors.js';
import { checkIssuer, makeToken } from './issuer.js';
import { buildNote, digestHex } from './record.js';
import { canonicalText, normaliseText } from './strict.js';
import { Said, askToSign, asStranger, hand } from './stranger.js';
import { findSeed } from './words-derive.js';

export { finalize, readKey } from './blind.js';
export { fromHex, toHex } from './bytes.js';
export { makeToken } from './issuer.js';
export { findSeed } from './words-derive.js';

/** The name that a posting key has in a thread, as the server derives it: `nonceFor` gives the last part of an id. */
export async function deriveName(posting, thread) {
  const seed = await hkdf(posting, utf8(`goftogu/v1/thread-name\0${thread}`));
  const nonceFor = async (nonce) =>
    toBase32((await hkdf(seed, utf8(`goftogu/v1/thread-name-id\0${nonce}`))).subarray(0, 16));
  return { ...(await keyFromSeed(seed)), nonceFor };
}

/** What a right to a name says. */
export const nameMessage = async (key, thread, did) =>
  concat(utf8('goftogu/v1/thread-name\0'), await sha256(key.raw), utf8(`${thread}\0${did}`));

async function isShown(path) {
  const { status } = await asStranger(path);
  if (status === 404) return false;
  if (status === 200 || status === 410) return true;
  throw new Error('no answer');
}

/** The month's key, if it is the one that the host's signed card names to everybody. */
async function readIssuer({ issuer, month, instance }) {
  const card = await asStranger('/.well-known/goftogu');
  if (!card.ok) throw new Error('no card');
  const raw = new Uint8Array(await card.arrayBuffer());
  try {
    const key = await readKey(fromBase64url(issuer));
    await checkIssuer(raw, 'thread-name', { instance, month, key });
    return key;
  } catch {
    throw new Refused('card', 'not the key that the card names');
  }
}

async function takeName(form, place, did) {
  const { home, thread, month } = place;
  const key = await readIssuer(place);
  const sign = (message) => askToSign(form, `${home}/keys/thread-name`, message);
  const token = await makeToken(key, month, await nameMessage(key, thread, did), sign);
  await hand('/api/v1/thread-names', 'application/json', canonicalText({ did, thread, token }));
}

/** Sends what the form holds under the name, which is let in first if it is new. To the name and the post's digest. */
async function send(form, place, words) {
  const { home, thread } = place;
  const { personaKey, board, day, nonce, replyTo, quotes } = form.dataset;
  const fields = form.elements;
  const name = await deriveName(await findSeed(words, personaKey), thread);
  const record = await buildNote(name, {
    board,
    day,
    nonce: await name.nonceFor(nonce),
    replyTo,
    quotes: quotes.match(/\S+/g),
    language: fields.language.value,
    text: normaliseText(fields.text.value),
    lines: linesOf(form),
  });
  // What waits is known to its author alone: to answer or quote it would give the name away.
  for (const { value } of [fields.reply, fields.quote]) {
    if (value && !(await isShown(`${home}/p/${value}`))) throw new Refused('unseen', 'not shown to others yet');
  }
  const mark = await fingerprint(name.did);
  if (!(await isShown(`${home}/persona/${mark.replace(/ /g, '')}`))) await takeName(form, place, name.did);
  await hand(`/api/v1/records?wait=${fields.wait.value}`, 'application/activity+json', canonicalText(record));
  return { mark, digest: await digestHex(record) };
}

function tell(paragraph, text) {
  paragraph.textContent = text;
  paragraph.hidden = !text;
}

function enhance(form, block) {
  const place = block.dataset;
  const signer = form.querySelector('[data-signer]');
  const box = block.querySelector('input');
  const typed = signer.querySelector('[data-words]');
  const status = signer.querySelector('[data-status]');
  const error = signer.querySelector('[data-error]');
  const parts = [...signer.querySelectorAll('[data-ask]')];
  const remembering = signer.querySelector('[data-remember]');
  const say = (name) => block.getAttribute(`data-m-${name}`) ?? signer.getAttribute(`data-m-${name}`);
  let busy = false;

  function complain(problem) {
    const isKnown = problem instanceof Refused || problem instanceof Said;
    const said = problem instanceof Said ? problem.message : say(problem.reason);
    const sentence = document.createElement('bdi');
    sentence.textContent = isKnown ? (said ?? say('cannot')) : say('lost');
    if (problem.language) sentence.lang = problem.language;
    tell(status, '');
    tell(error, ' ' + say('kept'));
    error.prepend(sentence);
    if (!said) console.error(problem);
  }

  /** The words are asked for although the browser remembers the key, and it learns nothing new to remember. */
  let were = null;
  function ask() {
    if (box.checked && !were) {
      were = parts.map((part) => part.hidden);
      tell(status, were.includes(true) ? say('ask') : '');
    }
    parts.forEach((part, at) => (part.hidden = !box.checked && Boolean(were?.[at])));
    remembering.disabled = box.checked;
    if (!box.checked && were) {
      tell(status, were.includes(true) ? say('ready') : '');
      were = null;
    }
  }

  async function answer(button) {
    tell(error, '');
    if (button && button.value !== 'send') throw new Refused('only-sent', 'the host would see the words');
    tell(status, say('making'));
    const { mark, digest } = await send(form, place, typed.value);
    const sent = document.querySelector('[data-thread-name-sent]');
    sent.querySelector('[data-mark]').textContent = mark;
    sent.querySelector('[data-receipt]').href = `${place.home}/receipts/${digest}`;
    form.reset();
    form.hidden = true;
    sent.hidden = false;
    sent.focus();
  }

  // Caught on its way down, so that the signing module never sees it and signs nothing with the persona's own key.
  document.addEventListener(
    'submit',
    async (event) => {
      if (event.target !== form || !(box.checked || busy)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (busy) return;
      busy = true;
      ask();
      try {
        await answer(event.submitter);
      } catch (problem) {
        complain(problem);
      } finally {
        busy = false;
      }
    },
    true,
  );
  box.onchange = ask;
  block.querySelector('[data-plain]').hidden = true;
  block.querySelector('[data-offer]').hidden = false;
}

const block = globalThis.document?.querySelector('[data-thread-name]');
if (block && globalThis.crypto?.subtle && globalThis.BigInt) enhance(block.closest('form'), block);
