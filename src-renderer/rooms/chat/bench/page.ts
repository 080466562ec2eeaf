/** The whole window over a scripted core with a long conversation, for `bench/window.ts` to open and scroll. */
import { mount } from 'svelte';
import App from '../../../App.svelte';
import '../../../base.css';
import { fakeCore } from '../../../core/fake.ts';
import { livedInWorld } from '../../../core/fake-world.ts';
import { openSession } from '../../../core/session.svelte.ts';
import '../../../tokens.css';
import { scripted } from '../scripted.ts';

const MESSAGES = 10_000;
const QUESTION = 'What do the papers say about it, and how sure are you of that? ';
const ANSWER =
  'The letter says **so much**, the account book *agrees*, and `both` are dated.\n\n- one reason\n- another reason\n\n| day | what |\n|---|---|\n| 2 February | ice |\n| 11 February | the mooring |\n\n```python\nfor page in pages:\n    print(page)\n```\n\nMore than that I cannot say. ';

const script = scripted();
const long = script.add(
  'Long',
  Array.from({ length: MESSAGES }, (_, i) =>
    i % 2 === 0 ? `${i}: ${QUESTION}` : `${i}: ${ANSWER}${'And some words more. '.repeat(i % 30)}`,
  ),
);
const fake = fakeCore(livedInWorld(), script.handlers);
const session = openSession({ link: fake.link, window });
session.welcomed();
mount(App, { target: document.getElementById('app')!, props: { link: fake.link, session } });

const frame = () => new Promise<number>(requestAnimationFrame);
const shows = (n: number) => document.querySelector('.page')?.textContent?.includes(`${n}: `) ?? false;

Object.assign(window, {
  /** Milliseconds from the click to the frame that shows the newest message; then back to an empty room. */
  async open(): Promise<number> {
    const begun = performance.now();
    session.go('chat', long.id);
    while (!shows(MESSAGES - 1)) await frame();
    await frame();
    return performance.now() - begun;
  },
  async leave(): Promise<void> {
    session.go('chat');
    while (document.querySelector('.page')) await frame();
  },
  /**
   * Scrolls to the first message and some of the way back. `longest` and `tasks`: long tasks on the way (over 50 ms, as
   * the browser counts them). `control`: the longest that 2 ms of plain work took in frames between, which is what the
   * machine itself adds while other programs use it.
   */
  async scroll(): Promise<{ longest: number; tasks: number; frames: number; mounted: number; control: number }> {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    );
    observer.observe({ type: 'longtask' });
    let frames = 0;
    let mounted = 0;
    let control = 0;
    const scroller = () => document.querySelector('.scroll')!;
    const walk = async (by: number, until: () => boolean) => {
      while (!until()) {
        scroller().scrollTop += by;
        await frame();
        mounted = Math.max(mounted, document.querySelectorAll('[data-entry]').length);
        if (frames++ % 10 === 0) control = Math.max(control, work());
      }
    };
    await walk(-1200, () => shows(0) && scroller().scrollTop === 0);
    await walk(1200, () => shows(1000));
    observer.disconnect();
    return { longest: Math.max(0, ...tasks), tasks: tasks.length, frames, mounted, control };
  },
});

/** About 2 ms of plain work; gives the milliseconds that it took. */
function work(): number {
  const begun = performance.now();
  let sum = 0;
  for (let i = 0; i < 3_000_000; i++) sum += i;
  return sum > 0 ? performance.now() - begun : 0;
}
