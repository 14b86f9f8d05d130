/**
 * Makes an invitation on the device: the host signs it blinded, and cannot tell it again when somebody comes with it.
 * The key must be the one that the host's signed card names to everybody. Without WebCrypto the page's form stays.
 */
import { PREFIX, SALT, blind, finalize, fromBase64url, invitationMessage, readKey, toBase64url } from './blind.js';
import { concat, randomBytes } from './bytes.js';
import { actorOf } from './did.js';
import { sha256 } from './ed25519.js';
import { Refused } from './errors.js';
import { verifyRecord } from './record.js';

export { blind, finalize, readKey } from './blind.js';
export { fromHex, toHex } from './bytes.js';

const ISSUERS = 'urn:goftogu:issuers';

/** That this instance's signed card names this key, and no other, for the invitations of a month. */
export async function checkCard(raw, { instance, month, key }) {
  const card = await verifyRecord(raw);
  if (card.type !== 'Application' || card.attributedTo !== actorOf(instance)) {
    throw new Refused('card', 'not the card of this host');
  }
  const named = (card[ISSUERS] ?? []).filter((line) => line.startsWith(`invitation ${month} `));
  const expected = `invitation ${month} ${toBase64url(await sha256(key.raw))}`;
  if (named.length !== 1 || named[0] !== expected) throw new Refused('card', 'the card names another key');
}

/** An invitation as text. `sign` takes a blinded message to the issuer and brings the answer. */
export async function makeInvitation(key, month, sign, draw = randomBytes) {
  const prefix = draw(PREFIX);
  const prepared = concat(prefix, await invitationMessage(key));
  const { message, secret } = await blind(key, prepared, { salt: draw(SALT), factor: draw(key.factorBytes) });
  const signature = await finalize(key, prepared, await sign(message), secret);
  return `${month}.${toBase64url(concat(prefix, signature))}`;
}

/** What the host says in a sentence of its own. */
class Said extends Error {}

async function askToSign(form, message) {
  const fields = new URLSearchParams({ token: form.elements.token.value, blinded: toBase64url(message) });
  const answer = await fetch(form.action, { method: 'POST', body: fields });
  const isText = (answer.headers.get('Content-Type') ?? '').startsWith('text/plain');
  if (!answer.ok && isText) throw new Said(await answer.text());
  if (!answer.ok) throw new Error('no answer');
  return fromBase64url(await answer.text());
}

function enhance(form) {
  const { blind: issuer, month, card, instance } = form.dataset;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const status = part('status');
  const error = part('error');
  const text = part('text');

  form.onsubmit = async (event) => {
    event.preventDefault();
    const button = part('make');
    button.disabled = true;
    error.textContent = '';
    status.textContent = status.dataset.mMaking;
    try {
      const key = await readKey(fromBase64url(issuer));
      const answer = await fetch(card);
      if (!answer.ok) throw new Error('no card');
      await checkCard(new Uint8Array(await answer.arrayBuffer()), { instance, month, key });
      text.value = await makeInvitation(key, month, (message) => askToSign(form, message));
      part('made').hidden = false;
      status.textContent = status.dataset.mMade;
      text.focus();
      text.select();
    } catch (problem) {
      const { mBadAnswer, mOtherKey, mLost } = error.dataset;
      status.textContent = '';
      if (problem instanceof Said) error.textContent = problem.message;
      else if (problem instanceof Refused) error.textContent = problem.reason === 'answer' ? mBadAnswer : mOtherKey;
      else error.textContent = mLost;
    } finally {
      button.disabled = false;
    }
  };
  part('copy').onclick = () => {
    text.select();
    // The older way works where the page may not write to the clipboard by itself.
    if (document.execCommand('copy')) status.textContent = status.dataset.mCopied;
  };
  form.hidden = false;
}

const form = globalThis.document?.querySelector('form[data-blind]');
if (form && globalThis.crypto?.subtle && globalThis.BigInt) enhance(form);
