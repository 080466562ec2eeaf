/**
 * Makes a fresh clone ready: packages, Node 24, the model that finds by meaning, a GPU back end, the built window. Runs before every npm script;
 * needs nothing but Node >= 20 and npm; writes to stderr only; silent and quick when there is nothing to do.
 *
 *   node scripts/setup.mjs [--window] [--gpu] [--ask]
 *
 * `--window` builds the window when its sources are newer, `--gpu` looks for a GPU, `--ask` may ask the person; with either
 * of the first two the model comes too, beside the rest.
 */
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `daimon needs Node 20 or newer to set itself up; this is Node ${process.versions.node}. See https://nodejs.org`,
  );
  process.exit(1);
}

const { root, say } = await import('./setup/terminal.mjs');
const flags = new Set(process.argv.slice(2));

/** @type {ReturnType<typeof import('./setup/embedder.mjs').beginEmbedder> | undefined} */
let embedder;
try {
  if (flags.has('--window') || flags.has('--gpu')) {
    const { beginEmbedder } = await import('./setup/embedder.mjs');
    embedder = beginEmbedder(root);
  }
  const { ensurePackages } = await import('./setup/packages.mjs');
  await ensurePackages(root);
  const { ensureNode } = await import('./setup/node.mjs');
  ensureNode(root);
  const converted = embedder?.finish();
  if (flags.has('--gpu')) {
    const { ensureGpu } = await import('./setup/gpu.mjs');
    await ensureGpu(root, { mayAsk: flags.has('--ask') });
  }
  if (flags.has('--window')) {
    const { ensureWindow } = await import('./setup/window.mjs');
    await ensureWindow(root);
  }
  await converted;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  embedder?.stop();
}
