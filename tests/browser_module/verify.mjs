/**
 * Records, one a line, as the hex of their bytes (a record may be refused for bytes that no line of text could hold),
 * to "ok" or "refused <reason>: <message>".
 *   node verify.mjs < records.hex
 */
import { fromHex, verifyRecord } from '../../static/signer.js';
import { answerLines } from './lines.mjs';

await answerLines(async (line) => {
  try {
    await verifyRecord(fromHex(line));
    return 'ok';
  } catch (error) {
    if (error.name !== 'Refused') throw error;
    return `refused ${error.reason}: ${error.message}`;
  }
});
