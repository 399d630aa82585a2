/**
 * Vitest's global setup of the cluster tests: the cluster that KUBECONFIG names, and the images. Tests read the references
 * of the images, pinned by digest, in the environment.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KubeConfig, VersionApi } from '@kubernetes/client-node';
import { createKube } from '../../k8s/client.ts';

const images = {
  KUBERNETES_WORKER_IMAGE: { name: 'mainloop/worker', file: 'k8s/worker/Dockerfile' },
  KUBERNETES_TEST_IMAGE: { name: 'mainloop/test-worker', file: 'k8s/test-worker.Dockerfile' },
  KUBERNETES_BOT_IMAGE: { name: 'mainloop/mainloop', file: 'bot/Dockerfile' },
} as const;

export default async function setup(): Promise<void> {
  const { env } = process;
  if (!env.KUBECONFIG) throw new Error('KUBECONFIG is missing: it names the cluster for these tests.');
  await answering();
  // One after the other: the second build finds the layers that the first has made.
  for (const [variable, { name, file }] of Object.entries(images)) {
    env[variable] ||= await build(env.IMAGE_BUILDER, variable, name, file);
    process.stdout.write(`${variable}=${env[variable]}\n`);
  }
}

async function answering(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const kube = createKube(config);
  try {
    const { gitVersion } = await kube.api(VersionApi).getCode();
    process.stdout.write(`Cluster ${config.getCurrentCluster()?.server}, Kubernetes ${gitVersion}\n`);
  } finally {
    await kube.close();
  }
}

/** Builds an image and loads it into the cluster with the operator's own command; returns its reference. */
async function build(builder: string | undefined, variable: string, name: string, file: string): Promise<string> {
  if (!builder) {
    throw new Error(
      `${variable} is missing. Set it to an image that the cluster can run, NAME@sha256:…, or set IMAGE_BUILDER to a ` +
        `command that builds it: it is called as \`$IMAGE_BUILDER build -t ${name} -f ${file} .\` and ends with a line ` +
        'that is the reference.',
    );
  }
  process.stdout.write(`Building ${name}\n`);
  const options = { maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(builder, ['build', '-t', name, '-f', file, '.'], options);
  const reference = stdout.trim().split('\n').at(-1) ?? '';
  if (!/@sha256:[0-9a-f]{64}$/.test(reference)) throw new Error(`${builder} ended without a reference: "${reference}"`);
  return reference;
}
