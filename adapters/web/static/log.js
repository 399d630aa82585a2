// The log of a task: follows what is new, loads what is older when it is scrolled to, searches to the end, and keeps a
// bounded part of it in the page. Each block of lines names the places before and after it, so that what leaves comes back.

/** Blocks in the page at most, and lines up to which two neighbours become one. */
const mostBlocks = 12;
const blockLines = 200;
/** Hits after which a search waits until somebody scrolls to the first of them. */
const hitsAtOnce = 100;
/** How near to an end more is loaded, and how far from the end nobody follows any more, pixels. */
const near = 1_500;
const away = 80;

const log = document.querySelector('.log');
const state = document.querySelector('#log-state');
const follow = document.querySelector('#follow');
const stop = document.querySelector('#stop');
const { task, query } = log.dataset;

const blocks = log.children;
const first = () => blocks[0];
const last = () => blocks[blocks.length - 1];
const hasNewer = () => 'more' in last().dataset;
const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;

let following = query === '' && !hasNewer();
/** Somebody wants the newest lines, however many lie between. */
let leaping = false;
let stopped = query === '';
let hits = first().childElementCount;
let wanted = hitsAtOnce;
let failed = false;

const isSearching = () => !stopped && hits < wanted && first().dataset.older !== '';

async function load(range) {
  const asked = new URLSearchParams({ ...range, ...(query === '' ? {} : { q: query }) });
  const answer = await fetch(`/tasks/${task}/log?${asked}`, { headers: { 'x-part': '1' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const holder = document.createElement('template');
  holder.innerHTML = await answer.text();
  return holder.content.firstElementChild;
}

async function newest() {
  log.replaceChildren(await load({}));
  leaping = false;
  log.scrollTop = log.scrollHeight;
}

async function newer() {
  const block = await load({ after: last().dataset.newer });
  // Who scrolled up meanwhile stays there.
  if (following && fromEnd() > away) setFollowing(false);
  const { more, newer: through } = block.dataset;
  if (last().childElementCount + block.childElementCount <= blockLines) last().append(...block.children);
  else log.append(block);
  last().dataset.newer = through;
  for (const one of blocks) delete one.dataset.more;
  if (more !== undefined) last().dataset.more = '';
  while (blocks.length > mostBlocks) {
    const height = log.scrollHeight;
    first().remove();
    log.scrollTop -= height - log.scrollHeight;
  }
  if (following) log.scrollTop = log.scrollHeight;
}

async function older() {
  const block = await load({ before: first().dataset.older });
  const { older: next } = block.dataset;
  hits += block.childElementCount;
  const height = log.scrollHeight;
  if (first().childElementCount + block.childElementCount <= blockLines) first().prepend(...block.children);
  else log.prepend(block);
  first().dataset.older = next;
  log.scrollTop += log.scrollHeight - height;
  while (blocks.length > mostBlocks) {
    last().remove();
    last().dataset.more = '';
  }
}

/** What is to be loaded next. */
function next() {
  if (leaping) return newest;
  // While nothing was drawn yet there is no place after which to go on.
  if (hasNewer() && last().dataset.newer === '') return newest;
  if (hasNewer() && (following || fromEnd() < near)) return newer;
  const isWanted = query === '' ? log.scrollTop < near : isSearching();
  return isWanted && first().dataset.older !== '' ? older : null;
}

/** One step at a time, with the browser's turn in between; what fails is tried again. */
let stepping = false;
async function go() {
  if (stepping) return;
  stepping = true;
  try {
    for (let step = next(); step; step = next()) {
      tell();
      await step();
      failed = false;
      await new Promise((resolve) => setTimeout(resolve));
    }
  } catch {
    failed = true;
    setTimeout(go, 5_000);
  } finally {
    stepping = false;
    tell();
  }
}

function tell() {
  const words = failed ? 'The log could not be read just now.' : query === '' ? unread() : found();
  if (state.textContent !== words) state.textContent = words;
  stop.hidden = query === '' || first().dataset.older === '' || !(stopped || isSearching());
  stop.textContent = stopped ? 'Search on' : 'Stop';
}

const unread = () => (hasNewer() && !following ? 'There is more below.' : '');

function found() {
  const lines = `${hits === 0 ? 'No line' : hits === 1 ? '1 line' : `${hits} lines`} with “${query}”`;
  if (first().dataset.older === '') return `${lines}.`;
  if (stopped) return `Stopped: ${lines} so far.`;
  return isSearching() ? `Searching… ${lines} so far.` : `${lines} so far, more above.`;
}

function setFollowing(on) {
  following = on;
  follow.setAttribute('aria-pressed', String(on));
}

follow.hidden = query !== '';
follow.addEventListener('click', () => {
  setFollowing(!following);
  leaping = following && hasNewer();
  if (following) log.scrollTop = log.scrollHeight;
  void go();
});
stop.addEventListener('click', () => {
  stopped = !stopped;
  tell();
  void go();
});
log.addEventListener('scroll', () => {
  if (following && fromEnd() > away) setFollowing(false);
  if (hits >= wanted && log.scrollTop < near) wanted = hits + hitsAtOnce;
  void go();
});
document.addEventListener('changed', ({ detail }) => {
  if (query !== '' || !detail.includes(`log:${task}`)) return;
  last().dataset.more = '';
  void go();
});

for (const link of document.querySelectorAll('.without-script')) link.remove();
setFollowing(following);
if (!hasNewer()) log.scrollTop = log.scrollHeight;
void go();
