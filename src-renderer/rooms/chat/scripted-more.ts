/** The rest of the scripted assistant: how answers are made, personas, and documents that go with a question. */
import type { assistantDoor, Attachment, Conversation, Persona } from '../../../src-main/assistant/door.ts';
import type { libraryDoor } from '../../../src-main/library/door.ts';
import { Fault, type Handlers } from '../../../src-main/wire/index.ts';

type Id = Conversation['id'];
type Mine = Pick<
  Handlers<typeof assistantDoor & typeof libraryDoor>,
  | 'assistant.shape'
  | 'assistant.personas'
  | 'assistant.persona'
  | 'assistant.dismiss'
  | 'assistant.attach'
  | 'assistant.detach'
  | 'library.offer'
  | 'library.give'
>;

export interface ScriptedMore {
  readonly handlers: Mine;
  readonly personas: Persona[];
  /** Documents that wait in drafts, by conversation ('' is the one that has not begun). */
  readonly waiting: Map<string, Attachment[]>;
  /** Every document that was ever read, by id. */
  readonly read: Map<string, Attachment>;
}
export interface ScriptedMoreOptions {
  readonly nextId: () => Id;
  readonly now: () => number;
  readonly conversationOf: (id: string) => Conversation;
  readonly tell: (id: string) => void;
  /** Tokens that fit with one question. */
  readonly room?: number;
}

const KINDS: Readonly<Record<string, Attachment['kind']>> = {
  txt: 'text',
  md: 'markdown',
  py: 'code',
  csv: 'csv',
  pdf: 'pdf',
  docx: 'docx',
};

/** The key of a draft: of a conversation, of the next one, or of the next temporary one. */
export const draftOf = (conversation: string | undefined, temporary: boolean | undefined): string =>
  conversation ?? (temporary ? 'temporary' : '');

export function scriptedMore({ nextId, now, conversationOf, tell, room = 2000 }: ScriptedMoreOptions): ScriptedMore {
  const personas: Persona[] = [];
  const waiting = new Map<string, Attachment[]>();
  const read = new Map<string, Attachment>();
  const uploads = new Map<string, { name: string; size: number; text: string }>();

  return {
    personas,
    waiting,
    read,
    handlers: {
      'assistant.shape': ({ conversation: id, persona, change }) => {
        const conversation = conversationOf(id);
        const next = Object.entries({ ...conversation.shape, ...change }).filter(
          ([, value]) => value !== null && value !== undefined,
        );
        conversation.shape = Object.fromEntries(next) as Conversation['shape'];
        if (persona !== undefined) conversation.persona = persona;
        tell(id);
        return conversation;
      },
      'assistant.personas': () => personas.toSorted((a, b) => a.name.localeCompare(b.name)),
      'assistant.persona': ({ id, name, shape }) => {
        const kept: Persona = { id: id ?? nextId(), name, shape, createdAt: now() };
        const at = personas.findIndex((one) => one.id === kept.id);
        if (at < 0) personas.push(kept);
        else personas[at] = kept;
        return kept;
      },
      'assistant.dismiss': ({ id }) => {
        const at = personas.findIndex((one) => one.id === id);
        if (at >= 0) personas.splice(at, 1);
        return { dismissed: at >= 0 };
      },
      'library.offer': ({ name, size }) => {
        const upload = nextId();
        uploads.set(upload, { name, size, text: '' });
        return { upload };
      },
      'library.give': ({ upload, bytes }) => {
        const one = uploads.get(upload)!;
        one.text += new TextDecoder().decode(bytes);
        return { received: bytes.length };
      },
      'assistant.attach': ({ conversation, temporary, upload }) => {
        const { name, text } = uploads.get(upload ?? '')!;
        const kind = KINDS[name.split('.').pop() ?? ''];
        if (!kind)
          throw new Fault('not-a-document', `${name} is not a document that can be read. It was left as it is.`);
        const made: Attachment = {
          id: nextId(), name, kind, characters: text.length, tokens: Math.ceil(text.length / 4), room,
          ...(kind === 'pdf' && { pages: 3, note: 'Page 2 is a picture and could not be read.' }),
        }; // prettier-ignore
        const whose = draftOf(conversation, temporary);
        waiting.set(whose, [...(waiting.get(whose) ?? []), made]);
        read.set(made.id, made);
        return made;
      },
      'assistant.detach': ({ id }) => {
        for (const [conversation, all] of waiting)
          waiting.set(
            conversation,
            all.filter((one) => one.id !== id),
          );
        return { detached: true };
      },
    },
  };
}
