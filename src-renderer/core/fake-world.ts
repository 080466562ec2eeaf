/** A small world for the fake core: a vault, models, jobs, connections and conversations, all of the doors' own types. */
import type { Attachment, Persona, Conversation, Message } from '../../src-main/assistant/door.ts';
import type { Connection, Job } from '../../src-main/base/door.ts';
import type { CatalogueEntry, Fit, Model } from '../../src-main/engine/door.ts';
import type { Settings } from '../../src-main/settings/door.ts';
import type { VaultStatus } from '../../src-main/vault/door.ts';
import type { Shelf } from './fake-shelf.ts';
import { type schema } from '../../src-main/wire/index.ts';

export interface World {
  vault: VaultStatus;
  password: string;
  settings: Settings;
  catalogue: CatalogueEntry[];
  found: { path: string; program: 'Ollama' | 'LM Studio' | 'Hugging Face'; name: string; size: number }[];
  models: Model[];
  jobs: Job[];
  connections: Connection[];
  conversations: Conversation[];
  messages: Message[];
  draft: string;
  attachments: Attachment[];
  personas: Persona[];
  addresses: string[];
  memory: number;
  /** The person's files; without it there are none. */
  library?: Shelf;
  /** Whether the model that finds by meaning is here; without it, it is. */
  embedder?: boolean;
}

/** An id that passes the doors' schema, the same for the same number. */
export const fakeId = (n: number): schema.Id => `01J9${String(n).padStart(22, '0')}` as schema.Id;
const sha = (digit: string) => digit.repeat(64) as schema.Sha256;
export const hex = (text: string): schema.Hex => `0x${text}` as schema.Hex;
const GB = 1e9;

export const fit = (over: Partial<Fit> = {}): Fit => ({
  verdict: 'well',
  speed: 12,
  measured: false,
  memory: 3.4 * GB,
  contextSize: 8192,
  reason: 'It fits with room for a long conversation.',
  ...over,
});

export const entry = (over: Partial<CatalogueEntry> & Pick<CatalogueEntry, 'id' | 'name'>): CatalogueEntry => ({
  goodFor: 'Good for writing, and for questions about your files',
  parameters: 4e9,
  quantisation: 'Q4_K_M',
  estimate: 2.5 * GB,
  licence: 'Apache-2.0',
  hash: 'publisher',
  sources: [{ kind: 'https', host: 'models.example' }],
  warmUp: false,
  recommended: false,
  here: false,
  fit: fit(),
  ...over,
});

export const catalogue = (): CatalogueEntry[] => [
  entry({ id: 'qwen3-4b-q4', name: 'Qwen3 4B', recommended: true }),
  entry({
    id: 'gemma-3-12b-q4',
    name: 'Gemma 3 12B',
    goodFor: 'Better at long arguments; slower here',
    estimate: 7.3 * GB,
    licence: 'Gemma',
    fit: fit({ verdict: 'slowly', speed: 2.6, reason: 'It fits, but this computer reads it slowly.' }),
  }),
  entry({
    id: 'smollm2-135m-instruct-q4_1',
    name: 'SmolLM2 135M',
    goodFor: 'Small talk until a better one is here',
    parameters: 135e6,
    quantisation: 'Q4_1',
    size: 0.1 * GB,
    estimate: 0.1 * GB,
    hash: 'pinned',
    sources: [{ kind: 'pip', host: 'packages.example' }],
    warmUp: true,
    fit: fit({ speed: 90, measured: true }),
  }),
  entry({
    id: 'llama-3.3-70b-q4',
    name: 'Llama 3.3 70B',
    estimate: 43 * GB,
    licence: 'Llama 3.3',
    fit: {
      verdict: 'too-big',
      measured: false,
      memory: 48 * GB,
      contextSize: 8192,
      reason: 'Needs 48 GB of memory; this computer has 16',
    },
  }),
];

export const model = (over: Partial<Model> & Pick<Model, 'id' | 'name'>): Model => ({
  sha256: sha('5'),
  size: 2.5 * GB,
  architecture: 'qwen3',
  quantisation: 'Q4_K_M',
  licence: 'Apache-2.0',
  trainedContext: 40_960,
  parameters: 4.02e9,
  warmUp: false,
  chat: true,
  warm: false,
  layers: 36,
  fit: fit({ measured: true }),
  ...over,
});

export const warmUp = (): Model =>
  model({
    id: 'smollm2-135m-instruct-q4_1',
    name: 'SmolLM2 135M',
    sha256: sha('b'),
    size: 0.1 * GB,
    architecture: 'llama',
    quantisation: 'Q4_1',
    trainedContext: 8192,
    parameters: 135e6,
    warmUp: true,
    fit: fit({ speed: 90, measured: true }),
  });

export const fetchJob = (over: Partial<Job> = {}): Job => ({
  id: fakeId(500),
  kind: 'engine.fetch',
  title: 'Fetching Qwen3 4B',
  state: 'running',
  done: 0.9 * GB,
  total: 2.5 * GB,
  unit: 'bytes',
  rate: 4.4e6,
  secondsLeft: 364,
  startedAt: Date.now() - 200_000,
  ...over,
});

export const accounts = [
  '0x9858EfFD232B4033E47d90003D41EC34EcaEda94',
  '0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0',
  '0xb6716976A3ebe8D39aCEB04372f22Ff8e6802D7A',
  '0xF3f50213C1d2e255e4B2bAD430F8A38EEF8D718E',
  '0x51cA8ff9f1C0a99f88E86B8112eA3237F55374cA',
];

/** A fresh machine: no vault, no model. */
export const emptyWorld = (): World => ({
  vault: { state: 'none', jobs: 0 },
  password: '',
  settings: {
    theme: 'system',
    idleMinutes: 10,
    cut: false,
    model: null,
    memoryBudget: 'auto',
    gpu: 'auto',
    contextSize: 'auto',
  },
  catalogue: catalogue(),
  found: [],
  models: [],
  jobs: [],
  connections: [],
  conversations: [],
  messages: [],
  draft: '',
  attachments: [],
  personas: [],
  addresses: accounts,
  memory: 16e9,
});

/** Someone who has been here for a while. */
export function livedInWorld(): World {
  const now = Date.now();
  const talk = (n: number, title: string, age: number): Conversation => ({
    id: fakeId(n),
    title,
    createdAt: now - age - 600_000,
    changedAt: now - age,
    messages: 2,
    model: 'smollm2-135m-instruct-q4_1',
    pinned: false,
    folder: null,
    persona: null,
    shape: {},
  });
  const said = (n: number, role: 'user' | 'assistant', text: string): Message => ({
    id: fakeId(n),
    conversation: fakeId(1),
    parent: role === 'user' ? null : fakeId(n - 1),
    role,
    text,
    at: now - 600_000 + n,
    ...(role === 'assistant' && {
      state: 'done' as const,
      model: 'smollm2-135m-instruct-q4_1',
      tokens: 60,
      tokensPerSecond: 80,
      firstTokenMs: 120,
      device: 'cpu',
    }),
  });
  const connection = (id: number, over: Partial<Connection>): Connection => ({
    id,
    host: 'models.example',
    reason: 'Fetching Qwen3 4B',
    bytesOut: 812,
    bytesIn: 0.9 * GB,
    at: now - 200_000,
    outcome: 'open',
    ...over,
  });
  return {
    ...emptyWorld(),
    vault: { state: 'unlocked', name: 'Wren', seal: hex('6461696d6f6e2d746573742d3332'), wordsSeen: false, jobs: 0 },
    password: 'correct horse battery',
    settings: { ...emptyWorld().settings, model: 'smollm2-135m-instruct-q4_1' },
    models: [warmUp()],
    catalogue: catalogue().map((one) => (one.warmUp ? { ...one, here: true } : one)),
    jobs: [fetchJob()],
    connections: [
      connection(4, {}),
      connection(3, {
        host: 'mirror.example',
        bytesOut: 640,
        bytesIn: 0,
        at: now - 240_000,
        endedAt: now - 239_000,
        outcome: 'failed',
      }),
      connection(2, {
        host: 'packages.example',
        reason: 'Fetching SmolLM2 135M',
        bytesIn: 98e6,
        at: now - 90_000_000,
        endedAt: now - 89_980_000,
        outcome: 'done',
      }),
      connection(1, {
        host: 'packages.example',
        reason: 'Fetching SmolLM2 135M',
        bytesOut: 0,
        bytesIn: 0,
        at: now - 90_100_000,
        endedAt: now - 90_100_000,
        outcome: 'refused',
      }),
    ],
    conversations: [
      talk(1, 'The winter of the boat', 60_000),
      talk(2, 'A letter to the council', 7_200_000),
      talk(3, 'Why the dough collapses', 100_000_000),
    ],
    messages: [
      said(11, 'user', 'What did Nan write about the winter they lost the boat?'),
      said(12, 'assistant', 'They lost the *Perpétua* in the night of **11 February 1956**, not in January.'),
    ],
  };
}

/** Someone with pins, folders, history from elsewhere, two models and two personas. */
export function shelvedWorld(): World {
  const world = livedInWorld();
  const [first] = world.conversations;
  const day = 86_400_000;
  const more = (n: number, title: string, age: number, over: Partial<Conversation> = {}): Conversation => ({
    ...first!,
    id: fakeId(n),
    title,
    changedAt: Date.now() - age,
    ...over,
  });
  return {
    ...world,
    conversations: [
      ...world.conversations,
      more(20, 'A question I would not keep', 30_000, { temporary: true }),
      more(21, 'The Salt Year: chapter notes', 3 * day, { pinned: true }),
      more(22, 'Ines’s birthday, ideas', 1.1 * day),
      more(23, 'Letter to Anselm, second draft', 5 * day, { folder: 'Letters' }),
      more(24, 'Letter to the harbour master', 6 * day, { folder: 'Letters' }),
      more(25, 'Handout for Wednesday', 9 * day, { folder: 'Writing evening' }),
      more(26, 'Home office and tax, and what may be counted', 12 * day, { from: 'chatgpt' }),
      more(27, 'Portuguese for the trip', 40 * day, { from: 'claude' }),
    ],
    models: [
      { ...warmUp(), timed: { prompt: 1860, decode: 118, at: Date.now() - 2 * day } },
      model({
        id: 'qwen3-4b-q4',
        name: 'Qwen3 4B',
        warm: true,
        gpuLayers: 12,
        timed: { prompt: 549, decode: 28, at: Date.now() - 3_600_000 },
      }),
    ],
    jobs: [],
    settings: { ...world.settings, model: 'qwen3-4b-q4' },
    personas: [
      {
        id: fakeId(750),
        name: 'Editor',
        shape: {
          system: 'You are a patient editor. Ask before you change a sentence, and never praise.',
          temperature: 0.4,
        },
        createdAt: 1,
      },
      { id: fakeId(751), name: 'Cook', shape: { model: 'qwen3-4b-q4' }, createdAt: 2 },
    ],
  };
}
