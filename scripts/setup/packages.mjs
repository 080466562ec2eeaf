/** Installs what package-lock.json names, when node_modules is missing or stale. */
import { npm, say } from './terminal.mjs';
import { packagesState, stamp } from './stamp.mjs';
import { inTurn } from './turn.mjs';

/**
 * Install scripts never run: every native part comes as a platform package, pinned by hash in the lock.
 * @param {string} root
 */
export async function ensurePackages(root) {
  if (packagesState(root) === 'ready') return;
  await inTurn(root, async () => {
    const state = packagesState(root);
    if (state === 'ready') return;
    if (state === 'adopt') return stamp(root);
    const began = Date.now();
    say(
      state === 'missing'
        ? 'First run: installing the packages that package-lock.json names (about a minute, some 500 MB on disk).'
        : 'The list of packages has changed: installing them again.',
    );
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root }).catch(
      (/** @type {Error} */ error) => {
        throw new Error(
          `The packages could not be installed. Nothing of yours was touched. Run it again when npm can reach its registry.\n${error.message}`,
        );
      },
    );
    stamp(root);
    say(`Packages installed in ${Math.round((Date.now() - began) / 1000)} s.`);
  });
}
