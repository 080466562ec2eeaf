/** Where the keys for signing a package come from: the environment of whoever releases, never a file of the checkout. */
import type { ForgePackagerOptions } from '@electron-forge/shared-types';

interface Signing extends Pick<ForgePackagerOptions, 'osxSign' | 'osxNotarize'> {
  readonly windowsSign?: { readonly certificateFile: string; readonly certificatePassword: string };
}

/**
 * macOS: `DAIMON_SIGN_IDENTITY` (a Developer ID in the key chain), and for notarising `APPLE_ID`, `APPLE_PASSWORD` (an app
 * password) and `APPLE_TEAM`. Windows: `DAIMON_SIGN_CERTIFICATE` (a .pfx) with `DAIMON_SIGN_PASSWORD`.
 *
 * @returns nothing for what is not set: the package is then unsigned, and each system warns at its first start
 * @throws Error when only part of what one way needs is set: a release must not be unsigned by a slip
 */
export function signing(env: NodeJS.ProcessEnv): Signing {
  const all = <Name extends string>(...names: readonly Name[]): Record<Name, string> | undefined => {
    const there = names.filter((name) => env[name]);
    if (there.length === 0) return undefined;
    const missing = names.filter((name) => !env[name]);
    if (missing.length > 0) throw new Error(`Signing needs ${missing.join(' and ')} beside ${there.join(' and ')}.`);
    return Object.fromEntries(names.map((name) => [name, env[name]!])) as Record<Name, string>;
  };
  const mac = all('DAIMON_SIGN_IDENTITY');
  const apple = all('APPLE_ID', 'APPLE_PASSWORD', 'APPLE_TEAM');
  const windows = all('DAIMON_SIGN_CERTIFICATE', 'DAIMON_SIGN_PASSWORD');
  return {
    ...(mac && { osxSign: { identity: mac.DAIMON_SIGN_IDENTITY } }),
    ...(apple && {
      osxNotarize: { appleId: apple.APPLE_ID, appleIdPassword: apple.APPLE_PASSWORD, teamId: apple.APPLE_TEAM },
    }),
    ...(windows && {
      windowsSign: {
        certificateFile: windows.DAIMON_SIGN_CERTIFICATE,
        certificatePassword: windows.DAIMON_SIGN_PASSWORD,
      },
    }),
  };
}
