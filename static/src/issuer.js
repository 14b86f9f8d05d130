/** Rights that a host signs without seeing them, made on the device: invitations, and names for one thread. */
import { PREFIX, SALT, blind, finalize, toBase64url } from './blind.js';
import { concat, randomBytes } from './bytes.js';
import { actorOf } from './did.js';
import { sha256 } from './ed25519.js';
import { Refused } from './errors.js';
import { verifyRecord } from './record.js';

const ISSUERS = 'urn:goftogu:issuers';

/** That this instance's signed card names this key, and no other, for one purpose in a month. */
export async function checkIssuer(raw, purpose, { instance, month, key }) {
  const card = await verifyRecord(raw);
  if (card.type !== 'Application' || card.attributedTo !== actorOf(instance)) {
    throw new Refused('card', 'not the card of this host');
  }
  const named = (card[ISSUERS] ?? []).filter((line) => line.startsWith(`${purpose} ${month} `));
  const expected = `${purpose} ${month} ${toBase64url(await sha256(key.raw))}`;
  if (named.length !== 1 || named[0] !== expected) throw new Refused('card', 'the card names another key');
}

/** A right as text, over a message. `sign` takes a blinded message to the issuer and brings the answer. */
export async function makeToken(key, month, message, sign, draw = randomBytes) {
  const prefix = draw(PREFIX);
  const prepared = concat(prefix, message);
  const blinded = await blind(key, prepared, { salt: draw(SALT), factor: draw(key.factorBytes) });
  const signature = await finalize(key, prepared, await sign(blinded.message), blinded.secret);
  return `${month}.${toBase64url(concat(prefix, signature))}`;
}
