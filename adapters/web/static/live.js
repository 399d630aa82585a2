// Keeps a page up to date. Elements say what they are about (data-topics, by prefix: "task" means every task, "task:4" one)
// and where their content comes from (data-src); the stream of changes says what is stale. Without this script every page
// reads the same after a reload.

const loading = new Map();

/** Brings an element up to date; changes that come meanwhile bring it up to date once more. */
async function refresh(element) {
  if (loading.has(element)) return loading.set(element, true);
  loading.set(element, false);
  try {
    const answer = await fetch(element.dataset.src, { headers: { 'x-part': '1' } });
    if (answer.status === 401) return location.reload();
    if (answer.ok) morph(element, await answer.text(), 'innerHTML');
  } finally {
    const again = loading.get(element);
    loading.delete(element);
    if (again && element.isConnected) void refresh(element);
  }
}

/** What a person opened stays open, and what they are writing stays theirs. */
function morph(element, html, morphStyle) {
  globalThis.Idiomorph.morph(element, html, {
    morphStyle,
    ignoreActiveValue: true,
    callbacks: {
      beforeAttributeUpdated: (name, node) =>
        !(name === 'open' && (node.tagName === 'DETAILS' || node.tagName === 'DIALOG')),
      beforeNodeMorphed: (node) => !(node.tagName === 'TEXTAREA' && node.value !== node.defaultValue),
    },
  });
  document.dispatchEvent(new CustomEvent('freshened', { detail: element }));
}

const isAbout = (element, topic) =>
  element.dataset.topics.split(' ').some((about) => topic === about || topic.startsWith(`${about}:`));

/** A message is added at the end or changed where it stands. */
async function message(id) {
  const list = document.querySelector('#messages');
  if (!list) return;
  const known = document.getElementById(`m${id}`);
  if (!known && Number(id) < Number(list.lastElementChild?.id.slice(1) ?? 0)) return;
  const slot = known ?? { dataset: { src: `/chat/messages/${id}` } };
  if (known) known.dataset.src = slot.dataset.src;
  if (known) return refreshOuter(known);
  const answer = await fetch(slot.dataset.src);
  if (!answer.ok || document.getElementById(`m${id}`)) return;
  const atEnd = isAtEnd();
  list.insertAdjacentHTML('beforeend', await answer.text());
  if (atEnd) toEnd();
}

async function refreshOuter(element) {
  if (loading.has(element)) return loading.set(element, true);
  loading.set(element, false);
  const atEnd = isAtEnd();
  try {
    const answer = await fetch(element.dataset.src);
    if (answer.ok) morph(element, await answer.text(), 'outerHTML');
    if (atEnd) toEnd();
  } finally {
    const again = loading.get(element);
    loading.delete(element);
    if (again && element.isConnected) void refreshOuter(element);
  }
}

const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);

function changed(topics) {
  for (const element of document.querySelectorAll('[data-topics]')) {
    if (topics.some((topic) => isAbout(element, topic))) void refresh(element);
  }
  for (const topic of topics) if (topic.startsWith('chat:')) void message(topic.slice(5));
  document.dispatchEvent(new CustomEvent('changed', { detail: topics }));
}

// The browser comes back by itself and says what it saw last.
const stream = new EventSource(`/live?since=${encodeURIComponent(document.body.dataset.since)}`);
stream.addEventListener('changed', ({ data }) => changed(JSON.parse(data)));
stream.addEventListener('lost', () => location.reload());
stream.addEventListener('ended', () => {
  stream.close();
  location.reload();
});
addEventListener('pagehide', () => stream.close());
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

// Chat: send without leaving the page; Enter sends, Shift+Enter breaks the line.
const composer = document.querySelector('.composer');
if (composer) {
  toEnd();
  const words = composer.querySelector('textarea');
  composer.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (composer.dataset.sending) return;
    composer.dataset.sending = 'yes';
    try {
      const answer = await fetch(composer.action, {
        method: 'POST',
        body: new FormData(composer),
        headers: { accept: 'application/json' },
      });
      const { error, nonce } = await answer.json();
      composer.querySelector('[role=alert]').textContent = error ?? '';
      if (error) return;
      composer.reset();
      composer.elements.nonce.value = nonce;
      words.dispatchEvent(new Event('input', { bubbles: true }));
      toEnd();
    } catch {
      composer.querySelector('[role=alert]').textContent = 'Not sent: no connection. Try again.';
    } finally {
      delete composer.dataset.sending;
      words.focus();
    }
  });
  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    composer.requestSubmit();
  });
}

// On a wide screen the inbox opens over the page.
const inbox = document.querySelector('dialog#inbox');
if (inbox) {
  document.querySelector('#tabs').addEventListener('click', (event) => {
    if (!event.target.closest('[data-tab=inbox]') || !matchMedia('(min-width: 60rem)').matches) return;
    event.preventDefault();
    inbox.showModal();
    void refresh(inbox.querySelector('[data-topics]'));
  });
}
