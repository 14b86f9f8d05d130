/**
 * Answers each line of standard input with one line. With `--noble` the module is tried as on a page that has no
 * WebCrypto: `subtle` is taken away before it can look.
 */
import { readFileSync } from 'node:fs';

if (process.argv.includes('--noble')) Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });

// Node's own line reader also breaks at U+2028, which JSON writes as it is.
export async function answerLines(answer) {
  for (const line of readFileSync(0, 'utf8').split('\n')) {
    if (line) process.stdout.write(`${await answer(line)}\n`);
  }
}
