/**
 * The forms of the pages. Scripts only add to them: a form that the server can answer alone is left as it is, and a
 * signature travels in a hidden field of the same form, sent by the browser itself. Whatever goes wrong is said in the
 * form's own alert, in the page's language, and then nothing is sent.
 */
import { Refused } from './errors.js';
import { buildAct, buildCard, buildDelete, buildLoginProof, buildNote, buildUpdate, newNonce } from './record.js';
import { forget, recall, remember } from './remember.js';
import { canonicalText, normaliseLine, normaliseText } from './strict.js';
import { keysFromWords, newWords } from './words-derive.js';

// A persona has few posting keys; asking for more would only slow down the answer "these are another's words".
const POSTING_KEYS = 4;

const field = (form, name) => form.elements.namedItem(name);
const value = (form, name) => field(form, name)?.value ?? '';
const find = (element, hook) => element.querySelector(`[data-${hook}]`);

function show(paragraph, text) {
  if (!paragraph) return;
  paragraph.textContent = text;
  paragraph.hidden = !text;
}

/** Messages are `data-m-…` attributes of the block or of its alert: `wrong-words` is `data-m-wrong-words`. */
function message(block, name) {
  const hook = `m-${name}`;
  return (find(block, hook) ?? block).getAttribute(`data-${hook}`) ?? '';
}

function complain(block, error) {
  const reason = error instanceof Refused && message(block, error.reason) ? error.reason : 'cannot';
  show(find(block, 'status'), '');
  show(find(block, 'error'), message(block, reason));
  // A reason without a sentence of its own is a fault of ours: the console is where whoever mends it looks.
  if (reason === 'cannot') console.error(error);
}

const isPreview = (button) => button.name === 'do' && button.value === 'preview';
const sends = (button) => !button || !(button.hasAttribute('data-unsigned') || isPreview(button));

/** Holds back a form until `prepare` has filled in what is missing, then lets the browser send it with its button. */
function beforeSending(form, block, prepare) {
  let busy = false;
  let ready = false;
  form.addEventListener('submit', async (event) => {
    const button = event.submitter;
    if (ready || !sends(button)) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    show(find(block, 'error'), '');
    show(find(block, 'status'), message(block, 'signing'));
    try {
      await prepare();
      // The event of this second submission is handled inside the call, so the form is held back again afterwards:
      // someone who comes back to the page and changes the text needs another signature.
      ready = true;
      form.requestSubmit(button);
    } catch (error) {
      complain(block, error);
    } finally {
      busy = ready = false;
    }
  });
}

/** Keeps the key if the box is ticked. A device that cannot store it still signs: next time it asks for the words. */
async function rememberIfAsked(block, key) {
  if (find(block, 'remember')?.checked) await remember(key).catch(console.error);
}

// The words are wiped once they are used; on a slow link the button is pressed twice, and the key must still be there.
const inMemory = new Map();

/** The words that were typed win; otherwise the key at hand. `did` is the posting key that the server expects. */
async function keyFor(block, did) {
  const typed = find(block, 'words');
  if (!typed?.value.trim()) {
    const kept = inMemory.get(did) ?? (await recall(did));
    if (kept) return kept;
    throw new Refused('wrong-words', 'no words were typed');
  }
  const keys = await keysFromWords(typed.value);
  for (let number = 0; number < (did ? POSTING_KEYS : 1); number++) {
    const key = await keys.posting(number);
    if (did && key.did !== did) continue;
    await rememberIfAsked(block, key);
    inMemory.set(did, key);
    typed.value = '';
    return key;
  }
  throw new Refused('other-key', 'the words belong to another key');
}

/** Shows the block that asks for words, or says that this device does not need them. */
async function openSigner(block, did) {
  block.hidden = false;
  if (!(await recall(did))) return;
  show(find(block, 'status'), message(block, 'ready'));
  for (const asking of block.querySelectorAll('[data-ask]')) asking.hidden = true;
}

/** The lines of a text by their members of the record: the page names both, `field=member` with blanks between. */
export function linesOf(form) {
  const lines = {};
  for (const [, name, member] of form.dataset.lines.matchAll(/(\w+)=(\S+)/g)) {
    const line = normaliseLine(value(form, name));
    if (line) lines[member] = line;
  }
  return lines;
}

const BUILDERS = { note: buildNote, update: buildUpdate, delete: buildDelete, act: buildAct };

function composer(form) {
  const block = find(form, 'signer');
  const { custody, personaKey, sign, quotes } = form.dataset;
  if (custody !== 'device' || !block) return;
  openSigner(block, personaKey).catch((error) => complain(block, error));
  beforeSending(form, block, async () => {
    const record = await BUILDERS[sign](await keyFor(block, personaKey), {
      ...form.dataset,
      quotes: quotes?.match(/\S+/g),
      language: value(form, 'language'),
      text: normaliseText(value(form, 'text')),
      lines: linesOf(form),
      tags: [...new Set([1, 2, 3].map((place) => value(form, `tag_${place}`)))].filter(Boolean),
    });
    field(form, 'record').value = canonicalText(record);
  });
}

function login(form) {
  const block = find(form, 'signer');
  if (!block) return;
  openSigner(block).catch((error) => complain(block, error));
  beforeSending(form, block, async () => {
    const proof = await buildLoginProof(await keyFor(block), { ...form.dataset });
    field(form, 'proof').value = canonicalText(proof);
  });
}

const PERSIAN_ZERO = 0x6f0;

const inDigits = (number, place) =>
  place.closest('[data-digits="fa"]')
    ? String(number).replace(/\d/g, (digit) => String.fromCharCode(PERSIAN_ZERO + Number(digit)))
    : String(number);

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.textContent = text;
  return made;
}

/** So many different positions, in order. The bias of the remainder is harmless: this is no secret. */
function pickPositions(count, length) {
  const positions = Array.from({ length }, (_, at) => at);
  const chances = crypto.getRandomValues(new Uint32Array(count));
  return Array.from(chances, (chance) => positions.splice(chance % positions.length, 1)[0]).sort((a, b) => a - b);
}

function join(form) {
  const block = find(form, 'device');
  if (!block) return;
  const list = find(block, 'words-list');
  const checks = [...block.querySelectorAll('[data-check]')];
  const labels = [...block.querySelectorAll('[data-check-number]')];
  let words = [];
  let asked = [];

  async function offerWords() {
    words = await newWords();
    asked = pickPositions(checks.length, words.length);
    list.replaceChildren(
      ...words.map((word, at) => {
        const item = document.createElement('li');
        // The words are Latin in every language of the page: say so to screen readers and to the bidi algorithm.
        item.append(
          element('span', inDigits(at + 1, list), { className: 'num' }),
          ' ',
          element('span', word, { lang: 'en', dir: 'ltr' }),
        );
        return item;
      }),
    );
    checks.forEach((check) => (check.value = ''));
    labels.forEach((label, at) => (label.textContent = inDigits(asked[at] + 1, label)));
  }

  function wrongCheck() {
    const typed = checks.map((check) => check.value.trim().toLowerCase());
    typed.forEach((word, at) => checks[at].setAttribute('aria-invalid', String(word !== words[asked[at]])));
    return checks.find((_, at) => typed[at] !== words[asked[at]]);
  }

  const offer = () => offerWords().catch((error) => complain(block, error));
  block.hidden = false;
  find(block, 'again')?.addEventListener('click', offer);
  offer();

  beforeSending(form, block, async () => {
    const name = normaliseLine(value(form, 'name'));
    if (!name) throw new Refused('no-name', 'the persona has no name');
    if (!words.length) throw new Refused('cannot', 'there are no words yet');
    const wrong = wrongCheck();
    if (wrong) {
      wrong.focus();
      throw new Refused('wrong-word', 'a word does not match');
    }
    const keys = await keysFromWords(words);
    const posting = await keys.posting(0);
    const { day, nonce } = form.dataset;
    const card = await buildCard(await keys.root(), {
      name,
      day,
      nonce: nonce || newNonce(),
      postingKeys: [{ key: posting }],
    });
    await rememberIfAsked(block, posting);
    field(form, 'record').value = canonicalText(card);
  });
}

/** Log-out: the key goes first. If it cannot, the form says so once, and the next press leaves all the same. */
function forgetting(form) {
  let told = false;
  form.addEventListener('submit', async (event) => {
    if (told) return;
    event.preventDefault();
    told = true;
    try {
      await forget();
    } catch (error) {
      if (find(form, 'error')) return complain(form, error);
    }
    form.requestSubmit(event.submitter);
  });
}

export function enhance(root) {
  const enhancers = { login, card: join };
  for (const form of root.querySelectorAll('form[data-sign]')) (enhancers[form.dataset.sign] ?? composer)(form);
  for (const form of root.querySelectorAll('form[data-forget]')) forgetting(form);
}
