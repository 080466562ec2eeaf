/** The arrows of the house: dependency-cruiser's rules, and one importer a library in each room. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IModule } from 'dependency-cruiser';
import { fail, pass, root, sum, type Outcome } from './step.ts';

/** These are the language of the house rather than libraries behind an adapter. */
const EVERYWHERE = new Set(['valibot', 'svelte']);

export interface Findings {
  readonly modules: number;
  /** 'rule: from → to' */
  readonly wrong: readonly string[];
  /** 'library in room: file, file' */
  readonly shared: readonly string[];
}

const isTest = (file: string) => /\.(test|fixture)\.ts$/.test(file);

/**
 * Reads every import of a tree (also in `.svelte` files, also of types).
 * @param at the tree's root; its folders are taken as the house's
 * @throws when it holds no module: a check that looked at nothing must not pass
 */
export async function readArrows(at: string): Promise<Findings> {
  const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
    forbidden: NonNullable<ICruiseOptions['ruleSet']>['forbidden'];
    options: ICruiseOptions;
  };
  const folders = ['src-main', 'src-renderer', 'bench', 'scripts', 'test'].filter((name) => existsSync(join(at, name)));
  const { tsConfig: _, ...options } = config.options;
  const { output } = await cruise(
    folders,
    { ...options, baseDir: at, validate: true, ruleSet: { forbidden: config.forbidden ?? [] } },
    { conditionNames: ['import', 'svelte', 'node', 'default', 'types'], exportsFields: ['exports'] },
  );
  const { modules, summary } = output as ICruiseResult;
  if (modules.length === 0) throw new Error('dependency-cruiser found no module');
  return {
    modules: modules.length,
    wrong: summary.violations
      .filter(({ rule }) => rule.severity === 'error')
      .map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    shared: sharedLibraries(modules),
  };
}

/** A library that several files of one room import has no adapter: nobody could replace it or say what it is used for. */
function sharedLibraries(modules: readonly IModule[]): string[] {
  const importers = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    if (isTest(source) || !/^src-(main|renderer)\//.test(source)) continue;
    const room = source.startsWith('src-renderer/') ? 'src-renderer' : source.split('/').slice(0, 2).join('/');
    for (const { dependencyTypes, module: name } of dependencies) {
      if (!dependencyTypes.some((type) => type.startsWith('npm'))) continue;
      if (dependencyTypes.includes('type-only')) continue;
      const library = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
      // A preload is a program of its own, in another process, and must import what it uses itself.
      if (EVERYWHERE.has(library) || /preload\.ts$/.test(source)) continue;
      const key = `${name} in ${room}`;
      importers.set(key, (importers.get(key) ?? new Set()).add(source));
    }
  }
  return [...importers]
    .filter(([, files]) => files.size > 1)
    .map(([key, files]) => `${key}: ${[...files].sort().join(', ')}`);
}

export async function arrows(): Promise<Outcome> {
  const { modules, wrong, shared } = await readArrows(root);
  return sum([
    wrong.length === 0 ? pass(`${modules} modules`) : fail(wrong.join('\n')),
    shared.length === 0 ? pass() : fail(`Imported by more than one file of a room:\n${shared.join('\n')}`),
  ]);
}
