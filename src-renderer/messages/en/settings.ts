/** Strings of Settings: this window, locking, password, models, what left this machine, about. */
import { bytes, number, plural } from '../format.ts';

export const settings = {
  list: {
    title: 'Settings',
    general: 'General',
    personas: 'Personas',
    bring: 'Bring and take',
    left: 'What left this machine',
    about: 'About',
  },
  bringing: 'a file is on its way in',
  cutNow: 'all connections are cut',
  lede: 'How daimon looks, when it locks, and how its models run.',
  where: 'On this computer',
  whereSo: 'settings are kept here, and hold nothing personal',

  look: 'Look',
  theme: { system: 'As the system', light: 'Light', dark: 'Dark' },
  locking: 'Locking',
  idle: 'Lock when nothing was asked for',
  minutes: (n: number) => (n === 0 ? 'Never by itself' : `After ${plural(n, 'minute', 'minutes')}`),
  lockNow: 'Lock now',
  lockNote: 'Locking closes everything on this screen and forgets the keys. Work that you let go on goes on.',

  password: 'Password',
  passwordLede: 'Your words and keys stay as they are; only the password that opens them changes.',
  oldPassword: 'Your password now',
  newPassword: 'A new password',
  change: 'Change the password',
  changing: 'Changing…',
  changed: 'The password is changed.',
  oldEmpty: 'Type the password that opens daimon now.',

  models: 'Models',
  context: 'How much of a conversation a model keeps in mind',
  contextAuto: 'As much as the model was made for and this computer holds',
  contextTokens: (n: number) => `${number(n)} tokens, about ${number((n * 0.75) / 500)} pages`,
  gpu: 'Use the graphics card',
  gpuFound: (name: string, backend: string) => `${name} was found; models run on it with ${backend}.`,
  gpuNone: 'No graphics card was found; models run on the processor.',
  gpuNoBackend: (name: string) => `${name} was found, but its back end is not installed; models run on the processor.`,
  machine: (memory: number, cores: number) =>
    `${bytes(memory)} of memory, ${plural(cores, 'processor core', 'processor cores')}.`,

  left: {
    title: 'What left this machine',
    none: 'Nothing has left this machine.',
    lede: (connections: number, out: number) =>
      `${plural(connections, 'connection', 'connections')} left this machine, carrying ${bytes(out)} of requests out.`,
    open: 'On this computer',
    openSo: 'connections are made only when you ask for something',
    cut: 'Nothing leaves this computer',
    cutSo: 'every connection is refused',
    switch: 'Cut every connection',
    cutNote: 'Fetching stops where it is, and goes on when you allow connections again. Conversations need none.',
    table: 'Connections, newest first',
    when: 'When',
    host: 'To',
    reason: 'Why',
    out: 'Out',
    in: 'In',
    outcome: 'Outcome',
    outcomes: { open: 'open now', done: 'done', failed: 'failed', refused: 'refused by the switch' },
    total: (n: number) => `All ${plural(n, 'connection', 'connections')} shown`,
    older: 'Show older ones',
    outside:
      'Outside this record: set-up, which brings daimon’s own parts before it starts, and your browser, which shows this window.',
    bytes,
  },

  about: {
    title: 'About',
    lede: 'daimon holds your keys and a model of your own, and talks with you on your own computer.',
    version: 'Version',
    licence: 'Licence',
    licenceText:
      'Free software under the GNU General Public License, version 3 or later. It comes without any warranty. You may use, study, share and change it; the text lies in the file LICENSE.',
    models: 'Models',
    modelsText: 'Each model has a licence of its own, by the people who made it. Own names it beside the model.',
    machine: 'This computer',
    threads: (n: number) => `${plural(n, 'thread', 'threads')} for a model`,
  },
};
