/**
 * Recovery words to keys. Keys come from the entropy and never from the words' text (BIP39's own seed is not used), so
 * the same persona can later be written in any language's list.
 */
import { randomBytes, utf8 } from './bytes.js';
import { hkdf, keyFromSeed, sha256 } from './ed25519.js';
import { Refused } from './errors.js';

const POSTING = 'goftogu/v1/posting\0';

const list = async () => (await import('./words.js')).default;

const wrong = (message) => new Refused('wrong-words', message);

// Entropy of n bytes is followed by n/4 bits of its SHA-256; every 11 bits then name a word.
const bitsOf = (bytes) => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
const checked = async (entropy) => bitsOf(entropy) + bitsOf(await sha256(entropy)).slice(0, entropy.length / 4);

export async function entropyToWords(entropy) {
  const words = await list();
  return (await checked(entropy)).match(/.{11}/g).map((bits) => words[parseInt(bits, 2)]);
}

export const newWords = () => entropyToWords(randomBytes(16));

/** Takes a list of words, or text in which anything but Latin letters parts them (numbers from the paper included). */
export async function wordsToEntropy(input) {
  const words = Array.isArray(input) ? input : (input.toLowerCase().match(/[a-z]+/g) ?? []);
  if (words.length < 12 || words.length > 24 || words.length % 3) throw wrong('not a number of words that BIP39 has');
  const known = await list();
  const bits = words
    .map((word) => {
      const number = known.indexOf(word);
      if (number < 0) throw wrong('a word is not in the list');
      return number.toString(2).padStart(11, '0');
    })
    .join('');
  const bytes = bits.slice(0, (words.length * 32) / 3).match(/.{8}/g);
  const entropy = Uint8Array.from(bytes, (byte) => parseInt(byte, 2));
  if ((await checked(entropy)) !== bits) throw wrong('the words do not fit together');
  return entropy;
}

/** `root()` signs the card; `posting(0)`, `posting(1)`, … sign everything else. */
export function keysFromEntropy(entropy) {
  if (entropy.length !== 16) throw wrong('a persona has twelve words');
  const derive = async (info) => keyFromSeed(await hkdf(entropy, utf8(info)));
  return { root: () => derive('goftogu/v1/root'), posting: (number) => derive(POSTING + number) };
}

export const keysFromWords = async (words) => keysFromEntropy(await wordsToEntropy(words));

// A persona has few posting keys, as in the other forms.
const POSTING_KEYS = 4;

/** The seed of a posting key. A key that the browser remembers cannot be read, so this takes the words. */
export async function findSeed(words, did) {
  const entropy = await wordsToEntropy(words);
  for (let number = 0; number < POSTING_KEYS; number++) {
    const seed = await hkdf(entropy, utf8(POSTING + number));
    if ((await keyFromSeed(seed)).did === did) return seed;
  }
  throw new Refused('other-key', 'the words belong to another key');
}
