/**
 * Commands as JSON, one a line, to records as canonical JSON, or {"error": reason}. `entropy` is hex everywhere.
 *
 *   {"op": "note",   "entropy", "posting": 0, "nonce", "day", "board", "language", "text", "lines", "replyTo", "quotes", "tags"}
 *   {"op": "update", … "object", "previous", "language", "text", "lines"}       {"op": "delete", … "object", "previous"}
 *   {"op": "act",    "entropy", "posting": 0, "nonce", "day", "text": "{\"type\": …}"}
 *   {"op": "card",   "entropy", "nonce", "day", "name", "sequence", "previous",
 *                    "postingKeys": [{"number": 0, "custody": "device", "state": "active"}]}
 *   {"op": "login",  "entropy", "posting": 0, "day", "domain", "challenge", "expires"}
 *   {"op": "keys",   "entropy"}  to the words, the dids of the root and of four posting keys, and the root's fingerprint
 *   {"op": "entropy", "words"}   {"op": "text", "text"}   {"op": "line", "text"}   {"op": "digest", "record"}
 *
 *   node records.mjs [--noble] < commands.jsonl
 */
import * as signer from '../../static/signer.js';
import { answerLines } from './lines.mjs';

const builders = {
  act: signer.buildAct,
  note: signer.buildNote,
  update: signer.buildUpdate,
  delete: signer.buildDelete,
  login: signer.buildLoginProof,
};

async function answer({ op, entropy, posting = 0, ...fields }) {
  if (op === 'text') return signer.normaliseText(fields.text);
  if (op === 'line') return signer.normaliseLine(fields.text);
  if (op === 'entropy') return signer.toHex(await signer.wordsToEntropy(fields.words));
  if (op === 'digest') {
    return { hex: await signer.digestHex(fields.record), multibase: await signer.digestMultibase(fields.record) };
  }
  const keys = signer.keysFromEntropy(signer.fromHex(entropy));
  if (op === 'keys') {
    const { did } = await keys.root();
    return {
      words: await signer.entropyToWords(signer.fromHex(entropy)),
      root: did,
      posting: await Promise.all([0, 1, 2, 3].map(async (number) => (await keys.posting(number)).did)),
      fingerprint: await signer.fingerprint(did),
    };
  }
  if (op === 'card') {
    const listed = fields.postingKeys.map(async ({ number, ...rest }) => ({ ...rest, key: await keys.posting(number) }));
    return signer.buildCard(await keys.root(), { ...fields, postingKeys: await Promise.all(listed) });
  }
  return builders[op](await keys.posting(posting), fields);
}

await answerLines(async (line) => {
  try {
    return signer.canonicalText(await answer(JSON.parse(line)));
  } catch (error) {
    if (error.name !== 'Refused') throw error;
    return JSON.stringify({ error: error.reason });
  }
});
