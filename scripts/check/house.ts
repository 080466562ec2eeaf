/** The promises of the house page that no linter knows: short files, a first line that says why, walks that exist. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pass, root, sum, type Outcome } from './step.ts';

export const LONGEST = 400;
/** A suite is one idea as well, with many cases. */
export const LONGEST_SUITE = 700;
const CODE = /\.(ts|mjs|cjs|js|svelte|css)$/;
const FOLDERS = /^(src-main|src-renderer|bench|scripts|test|native)\//;

/** Files of the checkout, as git sees them: tracked, or new and not ignored. */
export function ourFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  return listed
    .toString()
    .split('\0')
    .filter((file) => file && existsSync(join(root, file)));
}

/**
 * @param text of one source file
 * @returns what is wrong with its shape, or nothing
 */
export function shapeFault(file: string, text: string): string | undefined {
  const lines = text.split('\n').length - 1;
  const limit = /^test\/|\.test\.ts$/.test(file) ? LONGEST_SUITE : LONGEST;
  if (lines > limit) return `${file}: ${lines} lines; a file holds one idea and at most ${limit} lines`;
  const first = text.replace(/^#!.*\n/, '').trimStart();
  if (!/^(\/\*\*?|\/\/|<!--)/.test(first)) return `${file}: the first line is a comment that says what the file is for`;
  return undefined;
}

function shapes(): Outcome {
  const files = ourFiles().filter((file) => CODE.test(file) && FOLDERS.test(file));
  if (files.length === 0) return fail('no source file found');
  const faults = files.flatMap((file) => shapeFault(file, readFileSync(join(root, file), 'utf8')) ?? []);
  return faults.length === 0 ? pass(`${files.length} source files`) : fail(faults.join('\n'));
}

/**
 * The paths that a page names in backticks and that should lie in the checkout. A path whose room does not stand yet
 * is left out: the page says of such a room that it is planned.
 */
export function namedPaths(markdown: string, standing: (folder: string) => boolean): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  const paths = [...prose.matchAll(/`((?:src-main|src-renderer|bench|test|scripts|docs|assets)\/[\w./-]+)`/g)];
  return [...new Set(paths.map(([, path]) => path!))].filter((path) => {
    const room = /^(src-main\/[^/.]+|src-renderer\/rooms\/[^/.]+)\//.exec(path)?.[1];
    return room === undefined || standing(room);
  });
}

/** Verbs (`room.verb`) that a page names must be in a door. */
export function namedVerbs(markdown: string, rooms: readonly string[]): string[] {
  const verbs = [...markdown.matchAll(/`([a-z]+)\.([a-zA-Z]+)`/g)];
  const known = verbs.filter(([, room]) => rooms.includes(room!));
  return [...new Set(known.map(([, room, verb]) => `${room}.${verb}`))].filter(
    (name) => !/\.(ts|md|json|db)$/.test(name),
  );
}

function walks(page: string): Outcome {
  if (!existsSync(join(root, page))) return fail(`${page} is not there`);
  const text = readFileSync(join(root, page), 'utf8');
  const paths = namedPaths(text, (folder) => existsSync(join(root, folder)));
  const doors = readdirSync(join(root, 'src-main')).filter((name) =>
    existsSync(join(root, 'src-main', name, 'door.ts')),
  );
  const declared = doors.map((name) => readFileSync(join(root, 'src-main', name, 'door.ts'), 'utf8')).join('\n');
  const rooms = [...new Set([...declared.matchAll(/'([a-z]+)\.[a-zA-Z]+':/g)].map(([, room]) => room!))];
  const verbs = namedVerbs(text, rooms);
  if (paths.length === 0) return fail(`${page} names no path at all`);
  const missing = [
    ...paths.filter((path) => !existsSync(join(root, path))),
    ...verbs.filter((verb) => !declared.includes(`'${verb}':`)),
  ];
  return missing.length === 0
    ? pass(`${page}: ${paths.length} paths, ${verbs.length} verbs`)
    : fail(`${page} names what does not exist: ${missing.join(', ')}`);
}

/** Shapes of files, and that the pages for newcomers tell the truth. */
export async function house(): Promise<Outcome> {
  return sum([shapes(), ...['docs/tour.md', 'docs/threat-model.md', 'docs/house.md', 'README.md'].map(walks)]);
}
