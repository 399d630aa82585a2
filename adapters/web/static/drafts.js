// What a person has begun to write is there again on the next page and after a reload, until it is sent.

const key = (field) => `draft:${location.pathname}:${field.dataset.draft}`;

function restore() {
  for (const field of document.querySelectorAll('textarea[data-draft]')) {
    const kept = sessionStorage.getItem(key(field));
    if (kept === null || field.value !== field.defaultValue) continue;
    field.value = kept;
    field.closest('details')?.setAttribute('open', '');
  }
}

document.addEventListener('input', ({ target }) => {
  if (!target.dataset?.draft) return;
  if (target.value === target.defaultValue) sessionStorage.removeItem(key(target));
  else sessionStorage.setItem(key(target), target.value);
});
document.addEventListener('submit', ({ target, defaultPrevented }) => {
  if (defaultPrevented) return;
  for (const field of target.querySelectorAll('textarea[data-draft]')) sessionStorage.removeItem(key(field));
  // Who signs in next on this tab is somebody else.
  if (new URL(target.action).pathname === '/sign-out') sessionStorage.clear();
});
document.addEventListener('freshened', restore);
restore();
