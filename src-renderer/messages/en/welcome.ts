/** Strings of the welcome: you, your model, hello. */
import { and, bytes, plural, wordsPerSecond } from '../format.ts';

interface Speed {
  readonly speed?: number | undefined;
  readonly measured: boolean;
}

export const welcome = {
  stepsLabel: 'Three steps',
  steps: { you: '1 You', model: '2 Model', hello: '3 Hello' },
  titles: { you: 'Welcome', model: 'Your model', hello: 'Hello' },
  here: 'On this computer',
  fetchTells: 'fetching tells the model’s host your internet address, nothing else',
  comingIn: 'a model is coming in, nothing of yours goes out',

  you: {
    title: 'A mind of your own, on your own computer. What will you call it?',
    name: 'Its name',
    nameHint: 'Its name and its seal can be seen on the lock screen; nothing else can.',
    password: 'Your password',
    passwordHint:
      'It seals everything here. If you lose it and your 24 words, everything is lost: nobody can open it again, and neither can we.',
    wordsLabel: 'Your 24 words',
    later: 'Show me the 24 words later, before anything is public',
    now: 'Show me now, with a sheet to print',
    go: 'Continue',
    making: 'Making its keys…',
    haveWords: 'I have 24 words',
    noName: 'It needs a name.',
    tooShort: 'A password needs eight characters or more.',
    sealToCome: 'Its seal will be drawn here, from its new key.',
    seal: (name: string) => `${name}’s seal, drawn from its new key.`,
    notAProof: 'A way to recognise it, not a proof.',
    made: (name: string) => `${name} has a key of its own now. This is its seal.`,
    back: (name: string) => `${name} is back, with the keys it had.`,
    madeText: 'You will see it when you wake your daimon, beside its answers, and wherever this key signs.',
    wordsTodo: 'Your 24 words are shown there, with a sheet to print. They are shown nowhere else.',
    wordsSeen: 'You have seen your 24 words.',
    chooseModel: 'Choose a model',
  },
  strength: {
    weak: 'Easily guessed by someone who copies this disk.',
    fair: 'Holds for a while against someone who copies this disk.',
    good: 'Hard to guess, even for someone who copies this disk.',
    common: 'This is one of the first passwords that anyone would try.',
  },
  restore: {
    title: 'Bring your daimon back with your 24 words',
    lede: 'Choose a new password here. The words themselves are typed in the confirm window, and never in this one.',
    name: 'Its name',
    nameHint: 'The words do not hold the name. It can be seen on the lock screen.',
    password: 'A new password',
    go: 'Ask for my 24 words',
    waiting: 'Waiting for the confirm window',
    todo: 'Type your 24 words there.',
    cancel: 'Back',
  },

  model: {
    title: (name: string) => `Which model should ${name} think with?`,
    legend: 'Models',
    looking: 'Looking at what this computer can do…',
    verdict: { well: 'Runs well', slowly: 'Runs slowly', 'too-big': 'Too big' },
    readyNow: 'Ready now',
    warmUpFor: 'The warm-up model: small talk until another one is here',
    speed: ({ speed, measured }: Speed) =>
      speed === undefined ? '' : measured ? wordsPerSecond(speed) : `about ${wordsPerSecond(speed)}, estimated`,
    size: (n: number) => bytes(n),
    about: (n: number) => `about ${bytes(n)}`,
    handsOver: 'then hands over',
    more: (n: number) => `Show ${plural(n, 'more model', 'more models')}`,
    speeds: {
      coming: 'Speeds come in a moment: daimon is measuring how fast this computer reads its memory.',
      unknown: 'How fast each would write is not known yet; the first answer shows it.',
      estimated:
        'Speeds are estimated from how fast this computer reads its memory. Room for a long conversation is counted in.',
      measured: 'Speeds were measured on this computer. Room for a long conversation is counted in.',
    },
    found: (programs: readonly string[], n: number) =>
      `${plural(n, 'model that', 'models that')} ${and(programs)} ${programs.length === 1 ? 'keeps' : 'keep'} here ${n === 1 ? 'was' : 'were'} found:`,
    useFound: 'use one I have',
    nothingCopied: 'nothing is copied.',
    mine: 'Models I have',
    fromProgram: (program: string) => `Kept by ${program}; used where it lies`,
    file: 'A file of mine',
    path: 'Path of a GGUF file on this computer',
    pathHint: 'It is used where it lies; nothing is copied.',
    noPath: 'Type the path of the file first.',
    useFile: 'Use this file',
    fetch: (name: string) => `Fetch ${name}`,
    fetchBoth: (name: string) => `Fetch ${name}, start with the warm-up`,
    onlyWarmUp: 'Only the warm-up for now',
    use: (name: string) => `Use ${name}`,
    starting: 'Starting…',
    nothingFits: 'No model of the catalogue fits this computer’s memory. A smaller GGUF file of yours may.',
  },

  hello: {
    title: (name: string) => `Hello. I am ${name}. Where shall we begin?`,
    question: (name: string) => `Message to ${name}`,
    placeholder: (name: string) => `Write to ${name}`,
    send: 'Send',
    starts: ['Help me with a letter.', 'Explain to me how tides work.', 'I want to think aloud about something.'],
    startsLabel: 'Or begin with',
    bring: 'Bring your history',
    bringText: 'From ChatGPT or Claude; it stays here.',
    look: 'Look around first',
    back: 'Choose another model',
    until: (model: string) => `until then, ${model} answers`,
    noneYet: 'you can write already',
    held: 'Your words are kept. They are sent as soon as a model is here.',
    none: 'No model is here yet. Choose one first; your words are kept.',
  },
};
