/**
 * "Remember on this device": posting keys in IndexedDB, one entry per did. A WebCrypto key goes in as a handle that no
 * script can read; without WebCrypto it is the seed itself. No date is kept: a seized device should say little.
 */
import { keyOf } from './ed25519.js';

const DATABASE = 'goftogu';
const STORE = 'keys';

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    // Blocked means that another page holds a connection, for as long as it likes.
    request.onerror = request.onblocked = () => reject(request.error ?? new Error('the database is in use'));
  });

// Each use opens and closes its own connection, so that erasing never has to wait for another tab.
async function inStore(mode, work) {
  const opening = indexedDB.open(DATABASE, 1);
  // Looking must not create the database: its mere presence would tell that someone wrote here.
  opening.onupgradeneeded = () =>
    mode === 'readonly' ? opening.transaction.abort() : opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      // The page is left right after this, so a write counts only once it is committed.
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser stored nothing'));
    });
    return request.result;
  } finally {
    database.close();
  }
}

export const remember = (key) => inStore('readwrite', (store) => store.put(key.secret, key.did));

/** The remembered key of this did, or without one any remembered key; null when there is none. */
export async function recall(did) {
  try {
    const known = did ?? (await inStore('readonly', (store) => store.getAllKeys()))[0];
    const secret = known && (await inStore('readonly', (store) => store.get(known)));
    return secret ? keyOf(known, secret) : null;
  } catch {
    return null; // Storage that a browser forbids is storage that remembers nothing.
  }
}

export const forget = () => settled(indexedDB.deleteDatabase(DATABASE));
