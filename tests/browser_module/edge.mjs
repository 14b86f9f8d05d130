/**
 * {"pk", "msg", "sig"} in hex, one a line, to "accept" or "refuse": the verdict of the built module.
 *   node edge.mjs < signatures.jsonl
 */
import { fromHex, verifySignature } from '../../static/signer.js';
import { answerLines } from './lines.mjs';

await answerLines(async (line) => {
  const { pk, msg, sig } = JSON.parse(line);
  try {
    await verifySignature(fromHex(pk), fromHex(msg), fromHex(sig));
    return 'accept';
  } catch (error) {
    // Anything but a refusal is a fault of the module, and must not pass for a verdict.
    if (error.name !== 'Refused') throw error;
    return 'refuse';
  }
});
