/**
 * What the page of a consultation asks of its script, one JSON a line, to "ok …" or "refused <reason>".
 *   {"op": "derive", "words", "posting": did, "conversation"}                            to "ok <secret> <name>"
 *   {"op": "blind", "words", "posting", "conversation", "kind", "key": hex}              to "ok <blinded message>"
 *   {"op": "make", … as blind, "answer": hex}                                            to "ok <text>"
 *   {"op": "keys", "raw": hex, "instance", "conversation", "keys": {kind: hex}}          to "ok"
 *
 *   node ballots.mjs < questions.jsonl
 */
import { checkKeys, deriveBallot, findSeed, fromHex, makeRight, readKey, toHex } from '../../static/ballot.js';
import { answerLines } from './lines.mjs';

/** Asks for the right, and stops where the issuer would answer. */
async function blind({ words, posting, conversation, kind, key }) {
  let message;
  const stop = new Error('asked');
  const sign = async (blinded) => {
    message = blinded;
    throw stop;
  };
  try {
    await makeRight(await findSeed(words, posting), conversation, kind, await readKey(fromHex(key)), sign);
  } catch (error) {
    if (error !== stop) throw error;
  }
  return toHex(message);
}

const checks = {
  derive: async ({ words, posting, conversation }) => {
    const { secret, name } = await deriveBallot(await findSeed(words, posting), conversation);
    return `${toHex(secret)} ${name}`;
  },
  blind,
  make: async ({ words, posting, conversation, kind, key, answer }) =>
    makeRight(await findSeed(words, posting), conversation, kind, await readKey(fromHex(key)), async () =>
      fromHex(answer),
    ),
  keys: async ({ raw, keys, ...page }) => {
    const read = Object.fromEntries(Object.entries(keys).map(([kind, key]) => [kind, fromHex(key)]));
    return (await checkKeys(fromHex(raw), { ...page, keys: read })) ?? '';
  },
};

await answerLines(async (line) => {
  const { op, ...question } = JSON.parse(line);
  try {
    return `ok ${await checks[op](question)}`.trim();
  } catch (error) {
    // Anything but a refusal is a fault of the module, and must not pass for a verdict.
    if (error.name !== 'Refused') throw error;
    return `refused ${error.reason}`;
  }
});
