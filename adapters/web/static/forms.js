// Sends forms without leaving the page, and says there what came of them. Without this script they are sent all the same.

const words = document.querySelector('.composer textarea');

/** A random name for one act, as the server makes them; `randomUUID` is there over https alone. */
const newNonce = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What each form held, and under which nonce, when it was sent last and failed: its fate is unknown. */
const failed = new WeakMap();

/** What stands in a form now. The same content keeps its nonce, so that what did arrive counts once; other content is new. */
function take(form) {
  const body = new FormData(form);
  const own = [...body].filter(([name]) => name !== 'nonce');
  const content = JSON.stringify(own.map(([name, value]) => [name, value.name ?? value, value.size]));
  const last = failed.get(form);
  if (last) body.set('nonce', last.content === content ? last.nonce : newNonce());
  return { body, content, nonce: body.get('nonce') };
}

/** Answers what came of it, as the server's JSON. */
async function send(form, taken) {
  try {
    const body = form.enctype === 'multipart/form-data' ? taken : new URLSearchParams(taken);
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
    if (answer.status === 401) location.reload();
    return answer.headers.get('content-type')?.startsWith('application/json')
      ? await answer.json()
      : { error: answer.ok ? '' : await answer.text() };
  } catch {
    return { error: 'No answer, so it may not have arrived. Try again: the same is taken once.' };
  }
}

/** Sends a form; what is submitted meanwhile in the chat waits its turn, a second press on a button is the same press. */
async function act(form) {
  const isChat = form.matches('.composer');
  if (form.dataset.sending && !isChat) return;
  const { body, content, nonce } = take(form);
  const files = form.querySelector('[type=file]');
  if (isChat) {
    // Their next words are another message.
    failed.delete(form);
    form.elements.nonce.value = newNonce();
    write(words, '');
    if (files) files.value = '';
  }
  form.dataset.sending = 'yes';
  form.setAttribute('aria-busy', 'true');
  const sent = (form.sending ?? Promise.resolve()).then(() => send(form, body));
  form.sending = sent.then(() => undefined);
  const { error, told = '', nonce: next } = await sent;
  delete form.dataset.sending;
  form.removeAttribute('aria-busy');
  tell(form, error ? { text: error } : { html: told });
  if (error) {
    failed.set(form, { content, nonce });
    if (isChat) write(words, [body.get('text'), words.value].filter(Boolean).join('\n'));
    return;
  }
  failed.delete(form);
  if (isChat) return;
  if (next) form.elements.nonce.value = next;
  const isUnchanged = content === take(form).content;
  if (isUnchanged) for (const field of form.querySelectorAll('textarea')) write(field, field.defaultValue);
  form.closest('details.words')?.removeAttribute('open');
}

/** Sets a field as if it had been typed: its draft follows. */
function write(field, text) {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
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
const onPhone = matchMedia('(pointer: coarse)').matches;
if (!onPhone) words?.focus({ preventScroll: true });
// Enter sends, Shift+Enter breaks the line; on a phone there is no Shift.
words?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || onPhone) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
