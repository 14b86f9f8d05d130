/**
 * What the page of a reply asks of its script for a name, one JSON a line, to "ok …" or "refused <reason>".
 *   {"op": "derive", "words", "posting": did, "thread", "nonce"}                     to "ok <did> <last part of an id>"
 *   {"op": "message", "key": hex, "thread", "did"}                                   to "ok <hex>"
 *   {"op": "make", "key", "answer": hex, "month", "thread", "did"}                   to "ok <text>"
 *
 *   node names.mjs < questions.jsonl
 */
import { deriveName, findSeed, fromHex, makeToken, nameMessage, readKey, toHex } from '../../static/thread-name.js';
import { answerLines } from './lines.mjs';

const checks = {
  derive: async ({ words, posting, thread, nonce }) => {
    const name = await deriveName(await findSeed(words, posting), thread);
    return `${name.did} ${await name.nonceFor(nonce)}`;
  },
  message: async ({ key, thread, did }) => toHex(await nameMessage(await readKey(fromHex(key)), thread, did)),
  make: async ({ key, answer, month, thread, did }) => {
    const issuer = await readKey(fromHex(key));
    return makeToken(issuer, month, await nameMessage(issuer, thread, did), async () => fromHex(answer));
  },
};

await answerLines(async (line) => {
  const { op, ...question } = JSON.parse(line);
  try {
    return `ok ${await checks[op](question)}`;
  } catch (error) {
    // Anything but a refusal is a fault of the module, and must not pass for a verdict.
    if (error.name !== 'Refused') throw error;
    return `refused ${error.reason}`;
  }
});
