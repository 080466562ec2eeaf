/** Settings: one small JSON file that is readable before unlocking; nothing personal stands in it. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { systemWrites, writeAtomic, type WritePort } from '../base/files.ts';
import { latest } from '../base/latest.ts';
import type { Log } from '../base/ports.ts';
import type { Handlers } from '../wire/index.ts';
import { settings as schema, type Settings, type settingsDoor } from './door.ts';

const DEFAULTS: Settings = {
  theme: 'system',
  idleMinutes: 10,
  cut: false,
  model: null,
  memoryBudget: 'auto',
  gpu: 'auto',
  contextSize: 'auto',
};

export interface OpenSettingsOptions {
  readonly dataFolder: string;
  readonly log: Log;
  readonly files?: WritePort;
}

export interface OpenSettings {
  readonly handlers: Handlers<typeof settingsDoor>;
  get(): Settings;
  /** On disk when it returns. @throws Fault `disk-full`; then nothing has changed. */
  set(change: Partial<Settings>): Settings;
  /** The settings now and whenever they change. */
  watch(signal?: AbortSignal): AsyncIterable<Settings>;
  close(): void;
}

/** A file that cannot be read is kept aside as settings.json.broken; what of it is valid stays in force. */
export function openSettings({ dataFolder, log, files = systemWrites }: OpenSettingsOptions): OpenSettings {
  const file = join(dataFolder, 'settings.json');
  const write = (unknown: Stored['unknown'], known: Settings) =>
    writeAtomic(file, Buffer.from(`${JSON.stringify({ ...unknown, ...known }, null, 2)}\n`), files);
  const { broken, ...stored } = read(file);
  if (broken) {
    log.info('settings.broken');
    // At once, not at the next change: a switch that was saved from the spoiled file must also outlive the next start.
    try {
      copyFileSync(file, `${file}.broken`);
      write(stored.unknown, stored.known);
    } catch (error) {
      // A full disk: the spoiled file stays where it is, and is read in the same way next time.
      log.unexpected(error, 'settings.open');
    }
  }
  /** Keys of a newer daimon: they must survive an older one. */
  const { unknown } = stored;
  const current = latest<Settings>(stored.known);
  const set = (change: Partial<Settings>) => {
    const next = v.parse(schema, { ...current.get(), ...change });
    write(unknown, next);
    current.set(next);
    return next;
  };
  return {
    handlers: {
      'settings.get': () => current.get(),
      'settings.set': (change) => set(change as Partial<Settings>),
      'settings.watch': (_input, signal) => current.follow(signal),
    },
    get: () => current.get(),
    set,
    watch: (signal) => current.follow(signal),
    close: () => current.end(),
  };
}

interface Stored {
  readonly known: Settings;
  readonly unknown: Readonly<Record<string, unknown>>;
}

function read(file: string): ReturnType<typeof parse> {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { known: DEFAULTS, unknown: {}, broken: false };
    throw error;
  }
}

/** @returns what is valid; `broken` when something was not */
export function parse(text: string): Stored & { readonly broken: boolean } {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    fields = undefined;
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    // A person who cut every connection must not be connected again by a file that a crash or an editor has spoiled.
    const cut = /"cut"\s*:\s*true/.test(text);
    return { known: { ...DEFAULTS, cut }, unknown: {}, broken: true };
  }
  const known: Record<string, unknown> = { ...DEFAULTS };
  const unknown: Record<string, unknown> = {};
  let broken = false;
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__proto__') continue;
    if (!Object.hasOwn(schema.entries, name)) {
      unknown[name] = value;
      continue;
    }
    const parsed = v.safeParse(schema.entries[name as keyof Settings], value);
    if (parsed.success) known[name] = parsed.output;
    else broken = true;
  }
  return { known: known as Settings, unknown, broken };
}
