// Sends forms without leaving the page, and says there what came of them. Without this script they are sent all the same.

/** Answers what came of it, as the server's JSON. */
async function send(form) {
  try {
    const body = form.enctype === 'multipart/form-data' ? new FormData(form) : new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
    if (answer.status === 401) location.reload();
    return answer.headers.get('content-type')?.startsWith('application/json')
      ? await answer.json()
      : { error: answer.ok ? '' : await answer.text() };
  } catch {
    return { error: 'Not sent: no connection. Try again.' };
  }
}

async function act(form) {
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  form.setAttribute('aria-busy', 'true');
  const { error, told = '', nonce } = await send(form);
  delete form.dataset.sending;
  form.removeAttribute('aria-busy');
  if (nonce) form.elements.nonce.value = nonce;
  const place = form.querySelector('[role=alert]') ?? document.querySelector('#told');
  place.innerHTML = error ? '' : told;
  if (error) place.textContent = error;
  if (error) return place.scrollIntoView({ block: 'nearest' });
  form.reset();
  for (const field of form.querySelectorAll('textarea')) field.dispatchEvent(new Event('input', { bubbles: true }));
  form.closest('details.words')?.removeAttribute('open');
  if (told) place.scrollIntoView({ block: 'nearest' });
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!/^\/(?:act|chat\/\w+)$/.test(new URL(form.action).pathname)) return;
  event.preventDefault();
  void act(form);
});

// Enter sends, Shift+Enter breaks the line; on a phone there is no Shift.
document.querySelector('.composer textarea')?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
