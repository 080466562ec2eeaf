/** Reading aloud over a fake of Chromium's synthesiser, which a test holds to the real one's names. */
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { openReading } from './aloud.svelte.ts';
import { guessLanguage } from './language.ts';
import ReadAloud from './ReadAloud.svelte';
import { openSpeaker } from './speak.ts';

const voice = (name: string, lang: string, localService: boolean, main = false) => ({
  name, lang, localService, default: main, voiceURI: name,
}); // prettier-ignore
const VOICES = [
  voice('Remote English', 'en-US', false, true),
  voice('Local English', 'en_GB', true),
  voice('Local German', 'de-DE', true),
];

class FakeUtterance extends EventTarget {
  voice: unknown = null;
  lang = '';
  rate = 1;
  pitch = 1;
  volume = 1;
  onend: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
}

/** As Chromium's: voices come late, one utterance is said at a time, `cancel` reports an error to what it cuts off. */
class FakeSynth extends EventTarget {
  queue: FakeUtterance[] = [];
  heard: FakeUtterance[] = [];
  voices: readonly unknown[] = [];
  paused = false;
  onvoiceschanged = null;
  get speaking() {
    return this.queue.length > 0;
  }
  get pending() {
    return this.queue.length > 1;
  }
  getVoices() {
    return [...this.voices];
  }
  speak(utterance: FakeUtterance) {
    this.queue.push(utterance);
    if (this.queue.length === 1) this.heard.push(utterance);
  }
  cancel() {
    const cut = this.queue;
    this.queue = [];
    cut.forEach((one, i) => one.onerror?.({ error: i === 0 ? 'interrupted' : 'canceled' }));
  }
  pause() {
    this.paused = true;
  }
  resume() {
    this.paused = false;
  }
  /** The voice reaches the end of its sentence, or fails at it. */
  finish(error?: string) {
    const one = this.queue.shift()!;
    if (this.queue[0]) this.heard.push(this.queue[0]);
    if (error) one.onerror?.({ error });
    else one.onend?.({});
  }
  arrive(voices: readonly unknown[]) {
    this.voices = voices;
    this.dispatchEvent(new Event('voiceschanged'));
  }
  get words() {
    return this.heard.map(({ text }) => text);
  }
}

let synth: FakeSynth;
const real = Object.getOwnPropertyDescriptor(window, 'speechSynthesis')!;
const RealUtterance = SpeechSynthesisUtterance;
beforeEach(() => {
  synth = new FakeSynth();
  synth.voices = VOICES;
  Object.defineProperty(window, 'speechSynthesis', { configurable: true, get: () => synth });
  Object.assign(window, { SpeechSynthesisUtterance: FakeUtterance });
});
afterEach(() => {
  cleanup();
  Object.defineProperty(window, 'speechSynthesis', real);
  Object.assign(window, { SpeechSynthesisUtterance: RealUtterance });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const TEXT = 'One is the first. Two is the **second** of them.\n\n```py\na\nb\n```\n\nThree is $x^2$.';

test('every name of the fake is one of Chromium’s', () => {
  const synthesis = real.get!.call(window) as SpeechSynthesis;
  for (const name of ['getVoices', 'speak', 'cancel', 'pause', 'resume', 'speaking', 'pending', 'paused', 'onvoiceschanged', 'addEventListener'])
    expect(name in synthesis, name).toBe(true);
  const utterance = new RealUtterance('a');
  for (const name of Object.keys(new FakeUtterance('a'))) expect(name in utterance, name).toBe(true);
  expect(Object.keys(voice('a', 'a', true)).every((name) => name in SpeechSynthesisVoice.prototype)).toBe(true);
}); // prettier-ignore

test('an answer is read sentence by sentence, code is named, a formula is said to be one', async () => {
  await render(ReadAloud, { text: TEXT });
  await button('Read aloud').click();
  await expect.element(button('Stop reading')).toBeVisible();
  for (let i = 0; i < 4; i++) synth.finish();
  expect(synth.words).toEqual(['One is the first.', 'Two is the second of them.', expect.stringContaining('2'), 'Three is formula.']);
  await expect.element(button('Read aloud')).toBeVisible();
  expect(synth.heard.every((one) => one.voice === VOICES[1] && one.lang === 'en_GB')).toBe(true);
}); // prettier-ignore

test('pause stops at a sentence, go on says it again; the keyboard stays on the same buttons', async () => {
  await render(ReadAloud, { text: TEXT });
  await button('Read aloud').click();
  await expect.element(button('Pause reading')).toBeVisible();
  synth.finish();
  await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Go on reading')).toHaveFocus();
  expect(synth.speaking).toBe(false);
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Pause reading')).toHaveFocus();
  expect(synth.words).toEqual(['One is the first.', 'Two is the second of them.', 'Two is the second of them.']);
});

test('Esc stops, and so does leaving the page', async () => {
  const { unmount } = await render(ReadAloud, { text: TEXT });
  await button('Read aloud').click();
  await expect.element(button('Stop reading')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(button('Read aloud')).toHaveFocus();
  expect(synth.speaking).toBe(false);
  await button('Read aloud').click();
  await expect.poll(() => synth.speaking).toBe(true);
  await unmount();
  expect(synth.speaking).toBe(false);
});

test('one text at a time: another reading ends this one', async () => {
  await render(ReadAloud, { text: 'First of the two.' });
  await render(ReadAloud, { text: 'Second of the two.' });
  await page.getByRole('button', { name: 'Read aloud' }).first().click();
  await expect.poll(() => synth.words).toEqual(['First of the two.']);
  await page.getByRole('button', { name: 'Read aloud' }).click();
  await expect.poll(() => synth.words).toEqual(['First of the two.', 'Second of the two.']);
  expect(synth.queue.length).toBe(1);
  expect(page.getByRole('button', { name: 'Read aloud' }).elements().length).toBe(1);
});

test('a voice on the internet is never used: without a local one a sentence says why', async () => {
  synth.voices = [VOICES[0]];
  await render(ReadAloud, { text: TEXT });
  await button('Read aloud').click();
  await expect.poll(() => document.querySelector('[role=status]')?.textContent).toContain('no voice of its own');
  expect(synth.heard).toEqual([]);
  await expect.element(button('Read aloud')).toBeVisible();
});

test('voices that come late are waited for; where none come, nothing hangs', async () => {
  synth.voices = [];
  const reading = openReading({ sentences: () => ['Hello.'], language: () => 'en' });
  const begun = reading.begin();
  synth.arrive(VOICES);
  await begun;
  expect(synth.words).toEqual(['Hello.']);
  reading.stop();
  synth.voices = [];
  await reading.begin();
  expect(reading.fault).toBe('no-voice');
  const without = openReading({ sentences: () => ['Hello.'], language: () => 'en', synth: undefined });
  await without.begin();
  await tick();
});

test('stopped while the voices are still awaited, nothing is said', async () => {
  synth.voices = [];
  const reading = openReading({ sentences: () => ['Hello.'], language: () => 'en' });
  const begun = reading.begin();
  reading.stop();
  synth.arrive(VOICES);
  await begun;
  expect(synth.heard).toEqual([]);
  expect(reading.state).toBe('still');
});

test('a voice that fails says so, one that was taken away does not', async () => {
  const reading = openReading({ sentences: () => ['One.', 'Two.'], language: () => 'de-AT' });
  await reading.begin();
  expect(synth.heard[0]!.voice).toBe(VOICES[2]);
  synth.finish('synthesis-failed');
  expect(reading.fault).toBe('failed');
  await reading.begin();
  synth.finish('interrupted');
  expect([reading.state, reading.fault]).toEqual(['still', undefined]);
});

test.for([
  ['The boat is in the harbour and it is not for sale.', 'en'],
  ['Das Boot liegt im Hafen und ist nicht zu verkaufen.', 'de'],
  ['Le bateau est dans le port et il n’est pas à vendre.', 'fr'],
  ['El barco está en el puerto y no se vende por ahora.', 'es'],
  ['Лодка стоит в гавани.', 'ru'],
  ['船は港にあります。', 'ja'],
  ['船在港口。', 'zh'],
  ['42', 'xx'],
])('%s: %s', ([text, language]) => {
  expect(guessLanguage(text!, 'xx')).toBe(language);
});

test('spoken: formulas of one line and of several, prices as they are', () => {
  const read = (text: string) => openSpeaker({ code: (n) => `code ${n}`, formula: 'formula' }).read(text, true);
  expect(read('So $\\frac{1.5}{2}$ is it. It costs $5 and $6.')).toEqual(['So formula is it.', 'It costs $5 and $6.']);
  expect(read('Before.\n$$\nx = 1. Y\n$$\nAfter.')).toEqual(['Before.', 'formula', 'After.']);
  expect(read('\\[ x \\] and \\(y\\).')).toEqual(['formula and formula.']);
  const growing = openSpeaker({ code: (n) => `code ${n}`, formula: 'formula' });
  expect(growing.read('It is so. Then $\\frac{1. A', false)).toEqual(['It is so.']);
  expect(growing.read('It is so. Then $\\frac{1. A}{2}$ ends. And', false)).toEqual(['Then formula ends.']);
});
