/** Asking the host from a page: in the session for a signature, and as somebody of whom it knows nothing for the rest. */
import { fromHex, toHex } from './bytes.js';

/** What the host says of itself; `code` names it, where it tells programs. */
export class Said extends Error {
  constructor(message, language, code) {
    super(message);
    this.language = language;
    this.code = code;
  }
}

/** Without the session, and without the page that this comes from. */
export const asStranger = (path, options = {}) =>
  fetch(path, { ...options, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' });

export async function hand(path, type, body) {
  const answer = await asStranger(path, { method: 'POST', headers: { 'Content-Type': type }, body });
  if (answer.ok) return answer;
  // What programs are told is English.
  const { detail, code } = await answer.json();
  throw new Said(detail, 'en', code);
}

/** The host's answer to a blinded message; `more` are other fields that it needs. */
export async function askToSign(form, path, message, more = {}) {
  const body = new URLSearchParams({ token: form.elements.token.value, blinded: toHex(message), ...more });
  const answer = await fetch(path, { method: 'POST', body });
  const isText = (answer.headers.get('Content-Type') ?? '').startsWith('text/plain');
  if (!isText) throw new Error('no answer');
  const text = await answer.text();
  if (!answer.ok) throw new Said(text);
  return fromHex(text);
}
