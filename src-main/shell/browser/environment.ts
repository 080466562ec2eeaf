/** What a child process is told of its surroundings: enough to find a home and a language, and no more. */

const KEPT = new Set([
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'CI',
  // The signer opens the confirm window by itself.
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'DBUS_SESSION_BUS_ADDRESS',
  'DAIMON_OPEN',
  // Windows starts no program without these.
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'TEMP',
]);
const isKept = (name: string) => KEPT.has(name) || name.startsWith('XDG_') || name.startsWith('LC_');
/** Would load other people's code into the child. */
const isInjection = (name: string) => /^(?:NODE_|LD_|DYLD_)/.test(name);

/** @param given by our own code, over the rest; variables that inject code are dropped even so */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (isKept(name) && value !== undefined) kept[name] = value;
  for (const [name, value] of Object.entries(given)) if (!isInjection(name)) kept[name] = value;
  return kept;
}
