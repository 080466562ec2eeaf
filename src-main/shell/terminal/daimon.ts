/** `npm run -s daimon -- <verb> ['<json>']`: calls one verb of any door and prints JSON lines. */
import { parseArgs } from 'node:util';
import { coreDoor } from '../../doors.ts';
import type { Pending } from '../../vault/door.ts';
import { openConfirm } from '../../vault/confirm-client.ts';
import { connect, Fault, isFault, type Client, type Door } from '../../wire/index.ts';
import { dataFolder } from '../data-folder.ts';
import { shellDoor } from '../door.ts';
import { attach } from './attach.ts';
import { help } from './help.ts';
import { promptOn, refuseSecrets, secret, type Terminal } from './secrets.ts';

const door = { ...coreDoor, ...shellDoor };
type Verb = keyof typeof door;
/** Verbs that a locked core answers; every other one needs the password first. */
const withoutWaking = /^(settings|shell)\.|^vault\.(create|restore|unlock|lock|status|watch)$|^engine\.hardware$/;

const print = (value: unknown) =>
  new Promise<void>((resolve) => {
    const text = JSON.stringify(value, (_key, x: unknown) =>
      x instanceof Uint8Array ? `0x${Buffer.from(x).toString('hex')}` : x,
    );
    process.stdout.write(`${text}\n`, () => resolve());
  });

function parseInput(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    throw new Fault('bad-json', 'Nothing was done: the second word must be JSON, such as \'{"text":"Hello"}\'.', {
      cause,
    });
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Fault('bad-json', 'Nothing was done: the input must be a JSON object.');
  refuseSecrets(input);
  return input as Record<string, unknown>;
}

/** Adds the secrets that a verb's schema asks for. */
async function withSecrets(verb: Verb, input: Record<string, unknown>, terminal: Terminal) {
  if (verb === 'vault.password') return { old: await secret('old', terminal), password: await secret('new', terminal) };
  const entries = (door[verb].input as { entries?: object }).entries ?? {};
  return 'password' in entries ? { ...input, password: await secret('password', terminal) } : input;
}

/** What to do about a request that waits; on standard error, since standard output is for programs. */
function hint(verb: Verb, { open, digest }: Pending) {
  const again = verb === 'vault.sign' ? `, or stop this and repeat it with --approve ${digest}` : '';
  process.stderr.write(`Waiting for the confirm window: open ${open ?? 'it'} with your browser${again}.\n`);
}

/**
 * Answers a request of the signer's from here: with `--approve` and the password, or with the 24 words.
 * @returns false where there is nothing to answer with
 */
async function answerSigner(
  verb: Verb,
  { open }: Pending,
  approve: string | undefined,
  terminal: Terminal,
): Promise<boolean> {
  const phrase = verb === 'vault.restore' ? terminal.env['DAIMON_PHRASE'] : undefined;
  if (!open || (approve === undefined && phrase === undefined)) return false;
  const confirm = await openConfirm({ redirectFile: open });
  try {
    if (phrase !== undefined) await confirm.giveWords(Buffer.from(phrase, 'utf8'));
    else await confirm.approve(approve!, await secret('password', terminal));
  } finally {
    await confirm.close();
  }
  return true;
}

async function follow(verb: Verb, items: AsyncIterable<unknown>, approve: string | undefined, terminal: Terminal) {
  for await (const item of items) {
    await print(item);
    const pending =
      (item as { kind?: string; pending?: Pending }).kind === 'pending'
        ? (item as { pending: Pending }).pending
        : undefined;
    if (!pending) continue;
    if (!(await answerSigner(verb, pending, approve, terminal))) hint(verb, pending);
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { approve: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new Fault(
      'bad-option',
      'Nothing was done: the options are --approve DIGEST and --help. See all verbs with: npm run -s daimon',
      { cause },
    );
  }
}

async function main() {
  const { values, positionals } = readArguments();
  const [name, json, ...rest] = positionals;
  if (values.help || name === undefined) return void process.stdout.write(help(door));
  if (!Object.hasOwn(door, name))
    throw new Fault(
      'unknown-verb',
      `There is no verb called ${JSON.stringify(name)}. See all of them with: npm run -s daimon`,
    );
  if (rest.length > 0)
    throw new Fault(
      'bad-json',
      'Nothing was done: put the JSON in single quotes, as one word: \'{"text":"Hello there"}\'.',
    );
  const verb = name as Verb;
  const given = parseInput(json);
  const terminal: Terminal = { env: process.env, ask: promptOn(process.stdin, process.stderr), read: new Map() };

  const wire = await attach(dataFolder());
  try {
    const core: Client<typeof door> = connect(door, wire);
    if (!withoutWaking.test(verb) && (await core['vault.status']({})).state === 'locked')
      await core['vault.unlock']({ password: await secret('password', terminal) });
    const input = await withSecrets(verb, given, terminal);

    const leave = new AbortController();
    process.once('SIGINT', () =>
      leave.abort(new Fault('stopped', 'Left; work that had begun goes on until it is stopped.')),
    );
    const ask = (core as Record<string, (input: unknown, signal: AbortSignal) => unknown>)[verb]!;
    const result = ask(input, leave.signal);
    if ((door as Door)[verb]!.kind === 'stream')
      await follow(verb, result as AsyncIterable<unknown>, values.approve, terminal);
    else await print(await result);
  } finally {
    wire.close();
  }
}

try {
  await main();
} catch (error) {
  const { code, message } = isFault(error)
    ? error
    : { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  process.stderr.write(`${JSON.stringify({ code, message })}\n`);
  process.exitCode = 1;
}
