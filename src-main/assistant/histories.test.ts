/** Random histories of conversations against a simple model of the tree: nothing is lost, moved or written over. */
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Message, Sent } from './door.ts';
import { database, house, never, tidy } from './house.fixture.ts';
import { openTree } from './tree.ts';

afterEach(tidy);

interface Node {
  id: Id;
  parent: Node | undefined;
  role: Message['role'];
  text: string;
  state: Message['state'] | null;
  children: Node[];
  chosen: Node | undefined;
}
/** What the tree should be: a list of nodes, and the way that was last taken from each. */
class Model {
  readonly nodes: Node[] = [];
  readonly roots: Node[] = [];
  tip: Node | undefined;
  readonly id: Id;
  constructor(id: Id) {
    this.id = id;
  }
  add(id: Id, parent: Node | undefined, role: Node['role'], text: string, state: Node['state']): Node {
    const node: Node = { id, parent, role, text, state, children: [], chosen: undefined };
    this.nodes.push(node);
    (parent ? parent.children : this.roots).push(node);
    this.moveTip(node);
    return node;
  }
  moveTip(tip: Node) {
    this.tip = tip;
    for (let at = tip; at.parent; at = at.parent) at.parent.chosen = at;
  }
  choose(node: Node) {
    let at = node;
    while (at.children.length) at = at.chosen ?? at.children.at(-1)!;
    this.moveTip(at);
  }
  path(to = this.tip): Node[] {
    const all: Node[] = [];
    for (let at = to; at; at = at.parent) all.unshift(at);
    return all;
  }
  versions = (node: Node) => (node.parent ? node.parent.children : this.roots);
}

interface Step {
  do: 'send' | 'edit' | 'again' | 'goOn' | 'choose' | 'delete';
  /** How the answer goes. */
  way: 'done' | 'stopped' | 'cut-off' | 'failed' | 'killed';
  conversation: number;
  message: number;
}
const repeated = (times: Record<Step['do'], number>) =>
  Object.entries(times).flatMap(([what, n]) => Array.from({ length: n }, () => what as Step['do']));
const step = fc.record<Step>({
  do: fc.constantFrom(...repeated({ send: 4, edit: 4, again: 3, goOn: 3, choose: 5, delete: 1 })),
  way: fc.constantFrom('done', 'done', 'done', 'stopped', 'cut-off', 'failed', 'killed'),
  conversation: fc.nat(1),
  message: fc.nat(40),
});

const runs = process.env['DAIMON_LONG'] ? 1500 : 80;
test(`${runs} random histories of sending, editing, answering again, going on, choosing, stopping, crashing and deleting`, async () => {
  const store = await database();
  let way: Step['way'] = 'done';
  let n = 0;
  const script = {
    async *answer(_request: unknown, signal: AbortSignal) {
      if (way === 'failed') throw new Fault('model-crashes', 'This model stops the engine.');
      yield `a${++n} `;
      if (way === 'cut-off') throw new Fault('model-crashes', 'This model stops the engine.');
      if (way === 'stopped' && !signal.aborted) await once(signal, 'abort');
      yield 'end';
    },
  };
  let room = await house(script, { store });

  /** Follows an answer to its end, stopping it when that is its way. */
  const follow = async (items: AsyncIterable<Sent>) => {
    let place!: Extract<Sent, { kind: 'begun' }>;
    let text = '';
    try {
      for await (const item of items) {
        if (item.kind === 'begun') place = item;
        if (item.kind === 'token') {
          text += item.text;
          if (way === 'stopped' && /a\d+ $/.test(item.text))
            void room.do['assistant.stop']({ conversation: place.conversation }, never);
        }
      }
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'model-crashes')) throw error;
    }
    return { ...place, text };
  };
  /** As kill -9 leaves it: a question with half an answer, and a room that opens over it. */
  const killed = async (ask: (tree: ReturnType<typeof openTree>) => { answer: Id; conversation: Id; question: Id }) => {
    const tree = openTree({ store, clock: systemClock, ids: idFactory(systemClock) });
    const { answer, conversation, question } = ask(tree);
    const text = `${tree.versions(answer).at(-1)!.text}half`;
    tree.write(answer, text);
    await room.assistant.close();
    room = await house(script, { store });
    return { conversation, question, message: answer, text };
  };
  const made = { model: 'm', seed: 1 };

  const models: Model[] = [];
  const ask = async (model: Model | undefined, parent: Node | undefined, atTip: boolean) => {
    const text = `q${++n}`;
    const where = {
      text,
      ...(model && { conversation: model.id, ...(!atTip && { parent: parent?.id ?? null }) }),
    };
    const got =
      way === 'killed'
        ? await killed((tree) => tree.ask({ conversation: undefined, ...where, made }))
        : await follow(room.do['assistant.send'](where, never));
    const at = model ?? new Model(got.conversation);
    if (!model) models.push(at);
    const question = at.add(got.question, parent, 'user', text, null);
    at.add(got.message, question, 'assistant', got.text, way === 'killed' ? 'cut-off' : way);
    if (way !== 'killed') expectPrompt(at, at.tip!.parent!, '');
  };
  /** The model is given the branch above the answer, and nothing of any other. */
  const expectPrompt = (model: Model, question: Node, begun: string) => {
    const turns = room.generator.requests.at(-1)!.turns.slice(1);
    const said = [...model.path(question).map(({ text }) => text), begun].filter((text) => text !== '');
    expect(turns.map(({ text }) => text).join('\n\n')).toBe(said.join('\n\n'));
  };
  const again = async (model: Model, node: Node, goOn: boolean) => {
    const question = node.role === 'user' ? node : node.parent!;
    const input = { conversation: model.id, message: node.id, goOn };
    if (goOn && (node.role === 'user' || node.text === '')) {
      await expect(follow(room.do['assistant.again'](input, never))).rejects.toMatchObject({
        code: 'nothing-to-go-on',
      });
      return;
    }
    const got =
      way === 'killed'
        ? await killed((tree) => tree.askAgain({ ...input, made }))
        : await follow(room.do['assistant.again'](input, never));
    if (goOn) expect(got.text.startsWith(node.text)).toBe(true);
    // One that fails has no text; one that went on from another has at least that.
    const state = way === 'killed' || (way === 'failed' && goOn) ? 'cut-off' : way;
    model.add(got.message, question, 'assistant', got.text, state);
    if (way !== 'killed') expectPrompt(model, question, goOn ? node.text : '');
  };
  const expectSame = async (model: Model) => {
    const { messages, total } = await room.do['assistant.messages']({ conversation: model.id, limit: 500 }, never);
    const path = model.path();
    expect(total).toBe(path.length);
    expect(messages.map(({ id, text, versions }) => ({ id, text, versions }))).toEqual(
      path.map((node) => {
        const beside = model.versions(node).map(({ id }) => id);
        return { id: node.id, text: node.text, versions: beside.length > 1 ? beside : undefined };
      }),
    );
    expect(
      store.all('SELECT id, parent, role, text, state FROM message WHERE conversation = ? ORDER BY n', model.id),
    ).toEqual(
      model.nodes.map(({ id, parent, role, text, state }) => ({ id, parent: parent?.id ?? null, role, text, state })),
    );
  };

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }), async (steps) => {
      for (const one of steps) {
        const model = models[one.conversation];
        const node = model?.nodes[one.message % model.nodes.length];
        ({ way } = one);
        if (one.do === 'send') await ask(model, model?.tip, true);
        else if (!model || !node) continue;
        else if (one.do === 'edit') {
          const question = node.role === 'user' ? node : node.parent!;
          await ask(model, question.parent, false);
        } else if (one.do === 'again') await again(model, node, false);
        else if (one.do === 'goOn') await again(model, node, true);
        else if (one.do === 'choose') {
          model.choose(node);
          expect(await room.do['assistant.choose']({ conversation: model.id, message: node.id }, never)).toEqual({
            tip: model.tip!.id,
          });
        } else {
          expect(await room.do['assistant.delete']({ id: model.id }, never)).toEqual({ deleted: model.nodes.length });
          models.splice(models.indexOf(model), 1);
        }
        for (const each of models) await expectSame(each);
      }
      for (const { id } of models.splice(0)) await room.do['assistant.delete']({ id }, never);
      for (const table of ['conversation', 'message', "message_words('end')"])
        expect(store.get(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 });
      store.run("INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)");
    }),
    { seed: 42, numRuns: runs, endOnFailure: true },
  );
}, 600_000);
