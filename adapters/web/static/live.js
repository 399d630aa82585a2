// Keeps a page up to date. Elements say what they are about (data-topics, by prefix: "task" means every task, "task:4" one)
// and where their content comes from (data-src); the stream of changes says what is stale. Without this script every page
// reads the same after a reload.

const loading = new Map();

/** Brings an element up to date; a change that comes meanwhile brings it up to date once more. */
async function refresh(element, source = element.dataset.src, style = 'innerHTML') {
  if (element.closest('dialog:not([open])')) return;
  if (loading.has(element)) return loading.set(element, true);
  loading.set(element, false);
  try {
    const answer = await fetch(source, { headers: { 'x-part': '1' } });
    if (answer.status === 401) return location.reload();
    if (answer.ok) await keepingTheEnd(async () => morph(element, await answer.text(), style));
  } finally {
    const again = loading.get(element);
    loading.delete(element);
    if (again && element.isConnected) void refresh(element, source, style);
  }
}

/** What a person opened stays open, and what they are writing stays theirs. */
function morph(element, html, morphStyle) {
  Idiomorph.morph(element, html, {
    morphStyle,
    // A field that is being written in stays; a button that has the focus says what it does now.
    ignoreActiveValue: document.activeElement?.matches('textarea, input, select') ?? false,
    callbacks: {
      beforeAttributeUpdated: (name, node) =>
        !(name === 'open' && (node.tagName === 'DETAILS' || node.tagName === 'DIALOG')),
      beforeNodeMorphed: (node) => !(node.tagName === 'TEXTAREA' && node.value !== node.defaultValue),
    },
  });
  document.dispatchEvent(new CustomEvent('freshened'));
}

const isAbout = (element, topic) =>
  element.dataset.topics.split(' ').some((about) => topic === about || topic.startsWith(`${about}:`));

const messages = document.querySelector('#messages');
const numberOf = (element) => Number(element.id.slice(1));

/** A message is put in its place or changed where it stands; those above the page's first are not shown on it. */
async function message(id) {
  const source = `/chat/messages/${id}`;
  const known = document.getElementById(`m${id}`);
  if (known) return refresh(known, source, 'outerHTML');
  const first = messages.querySelector('article');
  if (first && id < numberOf(first)) return;
  const answer = await fetch(source);
  if (!answer.ok || document.getElementById(`m${id}`)) return;
  await keepingTheEnd(async () => {
    const html = await answer.text();
    messages.querySelector('.empty')?.remove();
    const next = [...messages.querySelectorAll('article')].find((one) => numberOf(one) > id);
    if (next) next.insertAdjacentHTML('beforebegin', html);
    else messages.insertAdjacentHTML('beforeend', html);
  });
}

/** Who reads the end of the chat goes on reading it. */
async function keepingTheEnd(act) {
  const wasAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
  await act();
  if (messages && wasAtEnd) toEnd();
}

const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);

function changed(topics) {
  for (const element of document.querySelectorAll('[data-topics]')) {
    if (topics.some((topic) => isAbout(element, topic))) void refresh(element);
  }
  for (const topic of messages ? topics : []) if (topic.startsWith('chat:')) void message(Number(topic.slice(5)));
  document.dispatchEvent(new CustomEvent('changed', { detail: topics }));
}

// The browser comes back by itself and says what it saw last.
const stream = new EventSource(`/live?since=${encodeURIComponent(document.body.dataset.since)}`);
stream.addEventListener('changed', ({ data }) => changed(JSON.parse(data)));
stream.addEventListener('lost', () => location.reload());
stream.addEventListener('ended', () => location.reload());
addEventListener('pagehide', () => stream.close());
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

// What says how long something waits grows old by itself.
const freshen = () => document.hidden || changed(['task', 'asks', 'projects']);
setInterval(freshen, 60_000);
addEventListener('visibilitychange', freshen);

if (messages && location.hash === '') toEnd();

// On a wide screen the inbox opens over the page.
const inbox = document.querySelector('dialog#inbox');
document.querySelector('#tabs').addEventListener('click', (event) => {
  if (
    !inbox ||
    location.pathname === '/inbox' ||
    !event.target.closest('[data-tab=inbox]') ||
    !matchMedia('(min-width: 60rem)').matches
  )
    return;
  event.preventDefault();
  inbox.showModal();
  void refresh(inbox.querySelector('[data-topics]'));
});
