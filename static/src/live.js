/**
 * Follows a thread: posts that come in are put at the end of the page, posts that were revised or
 * erased take the place of what stood there. The page says the rest by its data attributes.
 */
const RETRY_MS = 30_000;
const PATIENCE_MS = 15_000;

// The one place where text becomes elements. The text is what our own origin rendered; scripts in
// it would be inert, and the page's policy allows no other place.
const policy = globalThis.trustedTypes?.createPolicy('live', { createHTML: (html) => html });

function parse(html) {
  const trusted = policy ? policy.createHTML(html) : html;
  return new DOMParser().parseFromString(trusted, 'text/html').querySelector('article[id]');
}

const numberOf = (letter) => Number(letter.id.slice(1));

function follow(list) {
  const most = Number(list.dataset.most);
  const newest = document.querySelector('[data-newest]');
  let source;
  let timer;
  let newestNumber = numberOf(list.lastElementChild);

  const show = (attribute, value) => {
    for (const part of document.querySelectorAll(`[${attribute}]`)) part.hidden = part.getAttribute(attribute) !== value;
  };

  const say = (link) => {
    show('data-link', link);
    document.querySelector('[data-pause]').hidden = link === 'paused';
    document.querySelector('[data-resume]').hidden = link !== 'paused';
  };

  // A reader on a letter that changes stays on it.
  const replace = (old, letter) => {
    const wasInside = old.contains(document.activeElement);
    old.replaceWith(letter);
    if (!wasInside) return;
    letter.tabIndex = -1;
    letter.focus({ preventScroll: true });
  };

  const receive = (html) => {
    const letter = parse(html);
    if (!letter) return;
    const old = document.getElementById(letter.id);
    if (old ? old.isEqualNode(letter) : numberOf(letter) <= newestNumber) return;
    if (old) {
      replace(old, letter);
    } else {
      newestNumber = numberOf(letter);
      list.append(letter);
      while (list.childElementCount > most) list.firstElementChild.remove();
    }
    newest.href = `#${letter.id}`;
    newest.textContent = letter.getAttribute('aria-label');
  };

  const stop = () => {
    clearTimeout(timer);
    source?.close();
  };

  const open = () => {
    stop();
    source = new EventSource(
      `${list.dataset.events}?first=${numberOf(list.firstElementChild)}&since=${newestNumber}`,
    );
    source.onopen = () => {
      clearTimeout(timer);
      say('open');
    };
    source.addEventListener('post', (event) => receive(event.data));
    source.addEventListener('state', (event) => show('data-state', event.data));
    source.onerror = () => {
      clearTimeout(timer);
      // The browser comes again by itself, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) {
        say('lost');
        timer = setTimeout(open, RETRY_MS);
      } else {
        timer = setTimeout(say, PATIENCE_MS, 'lost');
      }
    };
  };

  document.querySelector('[data-pause] button').onclick = () => {
    stop();
    say('paused');
    document.querySelector('[data-resume] button').focus();
  };
  document.querySelector('[data-resume] button').onclick = () => {
    open();
    say('open');
    document.querySelector('[data-pause] button').focus();
  };
  open();
}

const list = document.querySelector('[data-events]');
if (list && globalThis.EventSource) follow(list);
