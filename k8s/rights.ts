import { AuthorizationV1Api } from '@kubernetes/client-node';
import type { Kube } from './client.ts';

/** `verb resource[/subresource][.group]`, as `kubectl auth can-i` takes it. */
type Right = `${string} ${string}`;

/** Everywhere, because the namespaces of tasks come and go. */
const needed: readonly Right[] = [
  ...(['create namespaces', 'get namespaces', 'list namespaces', 'delete namespaces'] as const),
  'create rolebindings.rbac.authorization.k8s.io',
  'create tokenreviews.authentication.k8s.io',
];

/** Each would let whoever takes over the program read secrets or take over more; no policy sees who reads. */
const excessive: readonly Right[] = [
  ...(['get secrets', 'list secrets', 'watch secrets', 'create secrets', 'create serviceaccounts/token'] as const),
  ...(['create pods', 'create pods/exec', 'get pods/exec', 'create pods/attach', 'create pods/portforward'] as const),
  ...(['patch pods/ephemeralcontainers', 'create deployments.apps', 'get nodes/proxy', 'patch namespaces'] as const),
  ...(['impersonate users', 'impersonate serviceaccounts', 'delete networkpolicies.networking.k8s.io'] as const),
  ...(['create clusterrolebindings.rbac.authorization.k8s.io', 'escalate roles.rbac.authorization.k8s.io'] as const),
  'delete validatingadmissionpolicies.admissionregistration.k8s.io',
  'patch validatingadmissionpolicybindings.admissionregistration.k8s.io',
];

/** What the program needs and may not do: `may not create namespaces`. */
export async function missingRights(kube: Kube): Promise<string[]> {
  const answers = await Promise.all(needed.map(async (right) => ({ right, may: await may(kube, right) })));
  return answers.filter((answer) => !answer.may).map(({ right }) => `may not ${right}`);
}

/** What the program may do and must not, in all namespaces or in one of those named: `may get secrets in mainloop`. */
export async function excessiveRights(kube: Kube, namespaces: readonly string[]): Promise<string[]> {
  const questions = excessive.flatMap((right) => [undefined, ...namespaces].map((namespace) => ({ right, namespace })));
  const answers = await Promise.all(
    questions.map(async ({ right, namespace }) => ({ right, namespace, may: await may(kube, right, namespace) })),
  );
  const found = answers.filter((answer) => answer.may);
  // Said once when it holds everywhere.
  return found
    .filter(({ right, namespace }) => !namespace || !found.some((one) => one.right === right && !one.namespace))
    .map(({ right, namespace }) => `may ${right} ${namespace ? `in ${namespace}` : 'everywhere'}`);
}

/** Asks the API server, which answers for the account that asks. */
async function may(kube: Kube, right: Right, namespace?: string): Promise<boolean> {
  const [, verb = '', resource = '', subresource, group] =
    /^(\S+) ([^/.]+)(?:\/([^.]+))?(?:\.(.+))?$/.exec(right) ?? [];
  const resourceAttributes = {
    ...{ verb, resource },
    ...(subresource && { subresource }),
    ...(group && { group }),
    ...(namespace && { namespace }),
  };
  const review = { spec: { resourceAttributes } };
  const { status } = await kube.api(AuthorizationV1Api).createSelfSubjectAccessReview({ body: review });
  return status?.allowed ?? false;
}
