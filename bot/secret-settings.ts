import { settings } from './settings.ts';

/** Whether a setting's value must never be shown. */
export const isSecret = (name: string): boolean => /TOKEN|KEY|SECRET/.test(name);

/** The secret values among settings as they are written, well-formed or not. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  const values = Object.keys(settings).flatMap((name) => {
    const value = env[name]?.trim() ?? '';
    // The private key may be given as the path of a file, which is no secret.
    const isPath = name === 'GITHUB_APP_PRIVATE_KEY' && !value.includes('-----BEGIN');
    return isSecret(name) && value !== '' && !isPath ? [value] : [];
  });
  return [...values, ...passwords(env.DATABASE_URL?.trim() ?? '')];
}

/** The password of an address, as it is written and as it is meant; of what is no address, all of it. */
function passwords(address: string): string[] {
  if (!URL.canParse(address)) return address ? [address] : [];
  const { password } = new URL(address);
  const meant = /%(?![\da-f]{2})/i.test(password) ? password : decodeURIComponent(password);
  return [password, meant].filter(Boolean);
}
