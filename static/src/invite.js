/**
 * Makes an invitation on the device: the host signs it blinded, and cannot tell it again when somebody comes with it.
 * The key must be the one that the host's signed card names to everybody. Without WebCrypto the page's form stays.
 */
import { fromBase64url, invitationMessage, readKey, toBase64url } from './blind.js';
import { Refused } from './errors.js';
import { checkIssuer, makeToken } from './issuer.js';

export { blind, finalize, readKey } from './blind.js';
export { fromHex, toHex } from './bytes.js';

export const checkCard = (raw, page) => checkIssuer(raw, 'invitation', page);

/** An invitation as text. `sign` takes a blinded message to the issuer and brings the answer. */
export const makeInvitation = async (key, month, sign) => makeToken(key, month, await invitationMessage(key), sign);

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
