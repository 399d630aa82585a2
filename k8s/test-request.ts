import { type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One plain request to the API server, as the account of `config`: for tests that must say exactly what they try. */
export async function ask(config: KubeConfig, method: string, path: string, body?: unknown): Promise<Answer> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, 'Content-Type': type };
    const url = new URL(path, config.getCurrentCluster()?.server);
    const sent = request(url, { ...options, headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
