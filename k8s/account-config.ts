import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

/**
 * Access to the same cluster as a ServiceAccount, by a token for an hour. Minting one needs an administrator's rights, which
 * the program never has: so tests and the demo run it as what it is in production.
 */
export async function accountConfig(admin: KubeConfig, namespace: string, name: string): Promise<KubeConfig> {
  const { status } = await admin.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
    namespace,
    name,
    // No audiences: the API server's own.
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const cluster = admin.getCurrentCluster();
  if (!cluster || !status?.token) throw new Error(`no token for ${namespace}/${name}`);
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster, { name, token: status.token });
  return config;
}
