/** Strings of Own: keys and models. */
import { and, bytes, number, plural, when, wordsPerSecond } from '../format.ts';

export const own = {
  list: { yours: 'Yours', everything: 'Everything', keys: 'Keys', models: 'Models' },
  nothingWaits: 'nothing is waiting',
  fetching: (n: number) => `${number(n)} on the way`,
  where: 'Keys stay on this computer',
  whereSo: 'each signature asks you first',
  whereModels: 'On this computer',
  whereModelsSo: 'fetching tells the model’s host your internet address, nothing else',
  lede: (keys: number, models: number) =>
    `${plural(keys, 'key', 'keys')} and ${plural(models, 'model', 'models')} are yours here. Nothing is waiting for you.`,
  ledeKeys: (keys: number) =>
    `${plural(keys, 'key', 'keys')} are yours. 24 words restore all but this computer’s, which is made anew.`,
  ledeModels: (n: number, disk: number) =>
    n === 0
      ? 'No model is here yet. Fetch one, or use a file of yours.'
      : `${plural(n, 'model is', 'models are')} here to think with${disk > 0 ? `, on ${bytes(disk)} of this disk` : ''}.`,

  keys: {
    title: 'Keys',
    owner: (name: string) => name,
    ownerFor: 'What is sealed for you is sealed to this key; its seal is drawn from it',
    account: (n: number) => `Account ${n}`,
    accountFor: ['Signs for you: messages, and later models and statements', 'A second name, not linked to the first'],
    spare: 'Ready when you want to keep things apart',
    device: 'This computer',
    deviceFor: (name: string) => `Certified by ${name}; it never leaves this computer`,
    address: 'Show address',
    key: 'Show key',
    hide: 'Hide',
    of: (label: string, what: string) => `${label}: ${what}`,
    path: (path: string) => `Derived at ${path}`,
    more: 'Show five more accounts',
    sealNote: 'The drawing is a seal, made from the key. It helps you recognise a key; it does not prove one.',
    wordsSeen: '24 words restore all keys but this computer’s. You have seen yours.',
    wordsUnseen: '24 words restore all keys but this computer’s. You have not seen yours yet.',
    showWords: 'Show the 24 words',
    wordsTodo: 'Your 24 words are shown there, with a sheet to print. They are shown nowhere else.',
    wordsDone: 'The confirm window has shown your 24 words.',
    sign: 'Sign a message',
    signTitle: 'Sign a message',
    signLede:
      'A signature shows that one of your accounts said these very words. You approve it in the confirm window.',
    message: 'The message',
    noMessage: 'Write the message first.',
    with: 'Signed with',
    ask: 'Ask for the signature',
    asking: 'Waiting for the confirm window',
    signTodo: 'Read the message there, then approve or refuse it.',
    signed: 'Signed',
    signature: 'Signature',
    digest: 'Fingerprint of the message',
    done: 'Done',
  },

  models: {
    title: 'Models',
    here: 'Here',
    default: 'Answers by default',
    use: 'Use by default',
    useOf: (name: string) => `Use by default: ${name}`,
    remove: 'Remove',
    removeOf: (name: string) => `Remove: ${name}`,
    details: (name: string) => `Details of ${name}`,
    detailsShort: 'Details',
    facts: {
      fit: 'On this computer',
      parameters: 'Size',
      download: 'Download',
      quantisation: 'Quantisation',
      context: 'Context',
      layers: 'Layers',
      disk: 'On disk',
      memory: 'Memory it needs',
      licence: 'Licence',
      architecture: 'Architecture',
      linked: 'Lies in',
      sha256: 'SHA-256',
      source: 'From',
      hash: 'Checked against',
    },
    parameters: (n: number) =>
      n >= 1e9
        ? `${(n / 1e9).toFixed(1).replace(/\.0$/, '')} billion parameters`
        : `${number(n / 1e6)} million parameters`,
    context: (trained: number, used: number) =>
      trained === used
        ? `${number(trained)} tokens`
        : `made for ${number(trained)} tokens; ${number(used)} are used here`,
    memory: (n: number) => bytes(n),
    layers: (n: number, gpu: number | undefined) =>
      gpu === undefined
        ? number(n)
        : gpu === 0
          ? `${number(n)}, on the processor`
          : gpu >= n
            ? `${number(n)}, all on the graphics card`
            : `${number(n)}; ${number(gpu)} on the graphics card, the others on the processor`,
    inMemory: ({ layers, gpuLayers }: { layers: number; gpuLayers?: number | undefined }) =>
      gpuLayers === undefined
        ? 'In memory now'
        : gpuLayers === 0
          ? 'In memory now, on the processor'
          : gpuLayers >= layers
            ? 'In memory now, on the graphics card'
            : `In memory now, ${number(gpuLayers)} of ${number(layers)} layers on the graphics card`,
    /** Tokens a second, said in words. */
    timed: ({ prompt, decode, at }: { prompt: number; decode: number; at: number }) =>
      `Measured here: reads ${number(Math.max(1, Math.round(prompt * 0.75)))}, writes ${wordsPerSecond(decode)} · ${when(at)}`,
    of: (act: string, name: string) => `${act}: ${name}`,
    measure: 'Measure',
    warm: 'Load into memory',
    rest: 'Take out of memory',
    doing: {
      measuring: 'Measuring; this takes a few seconds…',
      loading: 'Loading…',
      resting: 'Giving its memory back…',
    },
    budget: {
      title: 'Memory',
      now: (names: readonly string[], n: number) =>
        names.length === 0
          ? 'No model is in memory now; one is loaded with the next question.'
          : `${and(names)} ${names.length === 1 ? 'is' : 'are'} in memory now, with about ${bytes(n)}.`,
      legend: 'Models may keep in memory together',
      auto: 'As much as this computer can spare',
      upTo: (n: number) => `Up to ${bytes(n)}`,
      note: 'When another model needs the room, the one that rested longest is taken out of memory. It is loaded again when it is needed.',
      machine: (n: number) => `This computer has ${bytes(n)} of memory.`,
    },
    unknownLicence: 'not stated in the file',
    notChat: 'Not made for conversations',
    embeds: 'finds by meaning in your files',
    warmUp: 'Warm-up model',
    removeTitle: (name: string) => `Remove ${name} from this computer?`,
    removeLede: 'Your conversations stay. They go on with another model.',
    youGive: 'You give',
    youGet: 'You get',
    undone: 'Can it be undone?',
    removeGive: (name: string) => `${name} can no longer answer here`,
    removeGiveLinked: (path: string) => `Only the link to it; the file stays at ${path}`,
    removeGet: (n: number) => `${bytes(n)} of free space`,
    removeGetLinked: 'A shorter list; no space',
    removeUndo: 'Yes: fetch it again, or use the file again.',
    removeAction: 'Remove',
    onTheWay: 'On the way',
    more: 'More models',
    moreLede: 'Nothing is fetched before you ask for it.',
    fetch: 'Fetch',
    fetchOf: (name: string) => `Fetch: ${name}`,
    found: 'Models that other programs keep here',
    useIt: 'Use',
    useItOf: (name: string) => `Use: ${name}`,
    file: 'A file of yours',
    hash: { pinned: 'a hash pinned in daimon', publisher: 'the publisher’s own hash, at the time of fetching' },
    handOver: (name: string) => `${name} is here, and the warm-up model still answers.`,
    empty: 'A model is what your daimon thinks with.',
    emptyText: 'It is a file on this computer. Fetch one below, or point at one you have.',
  },
};
