/**
 * What the page of invitations asks of its script, one JSON a line, to "ok …" or "refused <reason>".
 *   {"op": "blind", "key", "prepared", "salt", "factor": hex}            to "ok <message> <secret>"
 *   {"op": "finalize", "key", "prepared", "answer", "secret": hex}       to "ok <signature>"
 *   {"op": "card", "raw", "key": hex, "instance", "month"}               to "ok"
 *   {"op": "make", "key", "month", "answer": hex}                        to "ok <text>": the issuer answers this to all
 *
 *   node blind.mjs < questions.jsonl
 */
import { blind, checkCard, finalize, fromHex, makeInvitation, readKey, toHex } from '../../static/invite.js';
import { answerLines } from './lines.mjs';

const checks = {
  blind: async ({ key, prepared, salt, factor }) => {
    const { message, secret } = await blind(key, fromHex(prepared), { salt: fromHex(salt), factor: fromHex(factor) });
    return `${toHex(message)} ${secret.toString(16)}`;
  },
  finalize: async ({ key, prepared, answer, secret }) =>
    toHex(await finalize(key, fromHex(prepared), fromHex(answer), BigInt(`0x${secret}`))),
  card: async ({ raw, ...page }) => (await checkCard(fromHex(raw), page)) ?? '',
  make: ({ key, month, answer }) => makeInvitation(key, month, async () => fromHex(answer)),
};

await answerLines(async (line) => {
  const { op, key, ...question } = JSON.parse(line);
  try {
    return `ok ${await checks[op]({ ...question, key: await readKey(fromHex(key)) })}`.trim();
  } catch (error) {
    // Anything but a refusal is a fault of the module, and must not pass for a verdict.
    if (error.name !== 'Refused') throw error;
    return `refused ${error.reason}`;
  }
});
