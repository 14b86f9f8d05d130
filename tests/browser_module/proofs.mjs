/**
 * What the page of a post asks of its script, one JSON a line, to "ok …" or "refused <reason>".
 *   {"op": "proof",  "raw": hex, "digest", "kind", "logKey"}        to "ok <index> of <size>"
 *   {"op": "cosigners", "raw": hex, "witnesses": [key]}              to "ok <count>"
 *   {"op": "record", "raw": hex, "digest", "signer", "kind"}         to "ok <type>"
 *   {"op": "first",  "record", "raw": hex, "digest"}                 to "ok"
 *   {"op": "words",  "record", "words", "lines"}                     to "ok"
 *   {"op": "shown",  "source", "shown"}                              to "ok true", or "ok false": only an eye can tell
 *
 *   node proofs.mjs [--noble] < questions.jsonl
 */
import { fromHex } from '../../static/signer.js';
import { checkFirst, checkProof, checkRecord, checkShown, checkWords, countCosigners } from '../../static/verify.js';
import { answerLines } from './lines.mjs';

const checks = {
  proof: async ({ raw, ...page }) => {
    const { index, size } = await checkProof(fromHex(raw), page);
    return `${index} of ${size}`;
  },
  cosigners: ({ raw, witnesses }) => countCosigners(fromHex(raw), witnesses),
  record: async ({ raw, ...page }) => (await checkRecord(fromHex(raw), page)).type,
  first: async ({ record, raw, digest }) => (await checkFirst(record, fromHex(raw), digest)) ?? '',
  words: ({ record, ...page }) => checkWords(record, page) ?? '',
  shown: ({ source, shown }) => checkShown(source, shown),
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
