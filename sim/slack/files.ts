import type { SlackFile } from './types.ts';
import type { Workspace } from './workspace.ts';

const MIME_TYPES: Record<string, string> = {
  md: 'text/markdown',
  txt: 'text/plain',
  log: 'text/plain',
  diff: 'text/plain',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
};

/** Makes a file; without `content` it waits for its upload. */
export function storeFile(
  workspace: Workspace,
  base: string,
  o: { name: string; user: string; size?: number; content?: Buffer; mimetype?: string },
): SlackFile {
  const id = workspace.ids.id('F');
  const extension = o.name.split('.').at(-1) ?? '';
  const url = `${base}/files-pri/${workspace.teamId}-${id}`;
  const file: SlackFile = {
    id,
    name: o.name,
    title: o.name,
    mimetype: o.mimetype ?? MIME_TYPES[extension] ?? 'application/octet-stream',
    size: o.content?.length ?? o.size ?? 0,
    created: workspace.ids.seconds(),
    user: o.user,
    url_private: `${url}/${encodeURIComponent(o.name)}`,
    url_private_download: `${url}/download/${encodeURIComponent(o.name)}`,
    permalink: `https://${workspace.domain}.slack.com/files/${o.user}/${id}/${encodeURIComponent(o.name)}`,
    mode: 'hosted',
  };
  workspace.files.set(id, { file, content: o.content ?? Buffer.alloc(0), complete: o.content !== undefined });
  return file;
}

/** The first file part of a multipart body, or the body itself. */
export async function uploadedBytes(body: Buffer, contentType: string): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return Buffer.alloc(0);
}
