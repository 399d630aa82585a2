// The log of a task: follows what is new, loads what is older when it is scrolled to, keeps a bounded part of it in the page.

/** Blocks of lines in the page at most; what leaves comes back when it is scrolled to. */
const mostBlocks = 25;

const log = document.querySelector('.log');
const state = document.querySelector('#log-state');
const follow = document.querySelector('#follow');
const { task, query } = log.dataset;
let following = query === '';
let busy = false;

const blocks = () => [...log.querySelectorAll('.block')];
const address = (which, cursor) =>
  `/tasks/${task}/log?${new URLSearchParams({ [which]: cursor, ...(query === '' ? {} : { q: query }) })}`;

async function load(which, cursor) {
  const answer = await fetch(address(which, cursor), { headers: { 'x-part': '1' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const holder = document.createElement('template');
  holder.innerHTML = await answer.text();
  return holder.content.querySelector('.block');
}

/** One thing at a time; what fails is tried again by the next event. */
async function once(act) {
  if (busy) return;
  busy = true;
  try {
    await act();
  } catch {
    state.textContent = 'The log could not be read just now.';
  } finally {
    busy = false;
  }
}

const newer = () =>
  once(async () => {
    for (let more = true; more; ) {
      const last = blocks().at(-1);
      const block = await load('after', last.dataset.newer);
      more = 'more' in block.dataset;
      if (block.childElementCount === 0) break;
      log.append(block);
      last.removeAttribute('data-more');
      for (const gone of blocks().slice(0, -mostBlocks)) gone.remove();
      blocks()[0].dataset.older ||= 'start';
      if (following) log.scrollTop = log.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });

const older = () =>
  once(async () => {
    const first = blocks()[0];
    if (!first.dataset.older) return;
    const block = await load('before', first.dataset.older);
    if (block.childElementCount === 0) return first.removeAttribute('data-older');
    const height = log.scrollHeight;
    log.prepend(block);
    log.scrollTop += log.scrollHeight - height;
    const gone = blocks().slice(mostBlocks);
    for (const one of gone) one.remove();
    if (gone.length > 0) blocks().at(-1).dataset.more = '';
  });

function setFollowing(on) {
  following = on;
  follow.setAttribute('aria-pressed', String(on));
  if (on) log.scrollTop = log.scrollHeight;
  if (on) void newer();
}

follow.hidden = query !== '';
follow.addEventListener('click', () => setFollowing(!following));
log.addEventListener('scroll', () => {
  const fromEnd = log.scrollHeight - log.scrollTop - log.clientHeight;
  if (following && fromEnd > 200) setFollowing(false);
  if (log.scrollTop < 400) void older();
  if (fromEnd < 200 && 'more' in (blocks().at(-1)?.dataset ?? {})) void newer();
});
document.addEventListener('changed', ({ detail }) => {
  if (!detail.includes(`log:${task}`) || query !== '') return;
  if (following) return void newer();
  state.textContent = 'There is more below.';
});
for (const link of document.querySelectorAll('.without-script')) link.remove();
log.scrollTop = log.scrollHeight;
