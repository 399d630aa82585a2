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
  tell(form, error ? { text: error } : { html: told });
  if (error) return;
  form.reset();
  for (const field of form.querySelectorAll('textarea')) field.dispatchEvent(new Event('input', { bubbles: true }));
  form.closest('details.words')?.removeAttribute('open');
}

/** Says it where the person looks: at the form that has room for it, else on top of what they read. */
function tell(form, { text = '', html = '' }) {
  const place =
    form.querySelector('[role=alert]') ??
    form.closest('dialog')?.querySelector('.told') ??
    document.querySelector('#told');
  place.innerHTML = html;
  if (text) place.textContent = text;
  if (!place.matches('.told') || place.childNodes.length === 0) return;
  const close = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Close' });
  close.addEventListener('click', () => place.replaceChildren());
  place.append(close);
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!/^\/(?:act|chat\/\w+)$/.test(new URL(form.action).pathname)) return;
  event.preventDefault();
  void act(form);
});

// Who has a keyboard writes at once; on a phone its keyboard would cover what is to be read.
const words = document.querySelector('.composer textarea');
const onPhone = matchMedia('(pointer: coarse)').matches;
if (!onPhone) words?.focus({ preventScroll: true });
// Enter sends, Shift+Enter breaks the line; on a phone there is no Shift.
words?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || onPhone) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
