/** The window over the fake core, for looking at screens without a core; never part of a build. `?world=empty&theme=dark` */
import { mount } from 'svelte';
import App from './App.svelte';
import { emptyWorld, fetchJob, livedInWorld, model, shelvedWorld, type World } from './core/fake-world.ts';
import { fullWorld, readWorld } from './core/fake-shelf.ts';
import { fakeCore } from './core/fake.ts';
import { openSession } from './core/session.svelte.ts';
import { talks } from './rooms/chat/talks.ts';
import './tokens.css';
import './base.css';

const query = new URLSearchParams(location.search);
const worlds: Readonly<Record<string, () => World>> = {
  empty: () => ({
    ...emptyWorld(),
    found: [
      { path: '/home/mara/.lmstudio/models/mistral-7b.gguf', program: 'LM Studio', name: 'Mistral 7B', size: 4.1e9 },
      { path: '/home/mara/.lmstudio/models/phi-4.gguf', program: 'LM Studio', name: 'Phi 4', size: 8.4e9 },
    ],
  }),
  lived: livedInWorld,
  locked: () => ({ ...livedInWorld(), vault: { ...livedInWorld().vault, state: 'locked', jobs: 1 } }),
  arrived: () => ({
    ...livedInWorld(),
    models: [...livedInWorld().models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })],
    jobs: [],
  }),
  bare: () => ({ ...livedInWorld(), models: [], jobs: [], settings: { ...livedInWorld().settings, model: null } }),
  shelved: shelvedWorld,
  read: readWorld,
  full: fullWorld,
  meaningless: () => {
    const world = readWorld();
    world.library!.meaning = 'absent';
    return { ...world, embedder: false };
  },
  failed: () => ({
    ...livedInWorld(),
    jobs: [
      fetchJob({
        state: 'failed',
        fault: {
          code: 'dial-failed',
          message:
            'models.example could not be reached. What had arrived is kept; try again when this computer is online.',
        },
      }),
    ],
  }),
};

const world = (worlds[query.get('world') ?? 'lived'] ?? livedInWorld)();
const theme = query.get('theme');
if (theme === 'light' || theme === 'dark') world.settings = { ...world.settings, theme };
if (query.has('cut')) world.settings = { ...world.settings, cut: true };
const name = query.get('name');
if (name) world.vault = { ...world.vault, name };
const talk = await talks[query.get('talk') ?? '']?.();
if (talk) location.hash = talk.hash;
const fake = fakeCore(world, talk?.script.handlers);
if (query.has('refused')) fake.link.turn('refused');
if (query.has('lost')) setTimeout(() => fake.link.turn('lost'), 200);

const session = openSession({ link: fake.link, window });
if (query.get('world') === 'bare') setTimeout(() => session.welcomed(), 300);
mount(App, {
  target: document.getElementById('app')!,
  props: { link: fake.link, session },
});
if (talk?.begin) setTimeout(() => void talk.begin?.(fake.link.core), 300);
