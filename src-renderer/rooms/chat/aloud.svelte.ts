/** Reads sentences with a voice of this computer, one text at a time; a voice on the internet would be told the words. */

export type ReadingState = 'still' | 'reading' | 'paused';
/** `no-voice`: no local voice is here; `failed`: the voice fell silent by itself. */
export type ReadingFault = 'no-voice' | 'failed';

export interface Reading {
  readonly state: ReadingState;
  readonly fault: ReadingFault | undefined;
  begin(): Promise<void>;
  /** Stops at the sentence that is being said; `goOn` says it again from its beginning. */
  pause(): void;
  goOn(): void;
  stop(): void;
}

export interface ReadingOptions {
  readonly sentences: () => readonly string[];
  /** The language of the text, as a tag. */
  readonly language: () => string;
  readonly synth?: SpeechSynthesis | undefined;
  readonly utter?: (text: string) => SpeechSynthesisUtterance;
}

/** Chromium knows its voices only a moment after it was asked first. */
const PATIENCE = 1000;

/** Stops the reading that has the voice. There is one voice in a window, so there is one of these. */
let silence: (() => void) | undefined;

export function openReading({
  sentences,
  language,
  synth = globalThis.speechSynthesis as SpeechSynthesis | undefined,
  utter = (text) => new SpeechSynthesisUtterance(text),
}: ReadingOptions): Reading {
  let state = $state<ReadingState>('still');
  let fault = $state<ReadingFault>();
  let list: readonly string[] = [];
  let at = 0;
  let voice: SpeechSynthesisVoice | undefined;
  /** Counts up with every change of mind: what an earlier utterance still reports is not heard. */
  let turn = 0;
  /** Held, since Chromium forgets to report the end of an utterance that nobody holds. */
  let said: SpeechSynthesisUtterance | undefined;

  const end = (why?: ReadingFault) => {
    turn++;
    said = undefined;
    state = 'still';
    fault = why;
    if (silence === stop) silence = undefined;
  };
  const stop = () => {
    if (state === 'still') return;
    end();
    synth?.cancel();
  };
  const speak = () => {
    const mine = turn;
    const text = list[at];
    if (text === undefined) return end();
    said = utter(text);
    if (voice) {
      said.voice = voice;
      said.lang = voice.lang;
    }
    said.onend = () => {
      if (mine !== turn) return;
      at++;
      speak();
    };
    said.onerror = ({ error }) => {
      // Another program, or another window, may have taken the voice: that is no fault.
      if (mine === turn) end(error === 'canceled' || error === 'interrupted' ? undefined : 'failed');
    };
    synth!.speak(said);
  };

  return {
    get state() {
      return state;
    },
    get fault() {
      return fault;
    },
    async begin() {
      silence?.();
      silence = stop;
      state = 'reading';
      fault = undefined;
      const mine = ++turn;
      const voices = synth ? await localVoices(synth) : [];
      if (mine !== turn) return;
      if (voices.length === 0) return end('no-voice');
      list = sentences();
      at = 0;
      voice = chosen(voices, language());
      synth!.cancel();
      speak();
    },
    // The synthesiser's own pause is not heeded by every system's voice, and a cancel within it stays paused.
    pause() {
      if (state !== 'reading') return;
      turn++;
      state = 'paused';
      synth?.cancel();
    },
    goOn() {
      if (state !== 'paused') return;
      turn++;
      state = 'reading';
      speak();
    },
    stop,
  };
}

/** Voices that speak without the internet, once the browser knows them. */
async function localVoices(synth: SpeechSynthesis): Promise<SpeechSynthesisVoice[]> {
  const local = () => synth.getVoices().filter(({ localService }) => localService);
  if (synth.getVoices().length === 0)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, PATIENCE);
      function done() {
        clearTimeout(timer);
        synth.removeEventListener('voiceschanged', done);
        resolve();
      }
      synth.addEventListener('voiceschanged', done);
    });
  return local();
}

/** A voice of the language, the system's own choice first; any other rather than none. */
function chosen(voices: readonly SpeechSynthesisVoice[], language: string): SpeechSynthesisVoice {
  const main = (tag: string) => tag.toLowerCase().split(/[-_]/)[0];
  const speaks = voices.filter(({ lang }) => main(lang) === main(language));
  const exact = speaks.filter(({ lang }) => lang.replace('_', '-').toLowerCase() === language.toLowerCase());
  const from = exact.length > 0 ? exact : speaks.length > 0 ? speaks : voices;
  return from.find((one) => one.default) ?? from[0]!;
}
