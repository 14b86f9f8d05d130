/** The English list of BIP39: 2048 words, in the file of their standard (its checksum is in the README). */
import text from './english.txt';

export default text.trim().split('\n');
