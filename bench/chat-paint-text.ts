/** Answers for the painting bench: what models write, of any length, always the same. */

const PARAGRAPH =
  'The letter says **so much**, the account book *agrees*, and `both` are dated, which leaves $n = \\frac{a}{b}$ as the only question that anyone ever asked of them. More than that I cannot say of the winter before, when the harbour lay under ice and nobody sailed. ';
const CODE = `async function sail(boat, harbour) {
  // Only boats that fit the harbour may leave it.
  if (boat.length > 12 && !harbour.deep) throw new Error(\`\${boat.name} is too long\`);
  const wind = await harbour.wind({ hours: 6 });
  return wind.speed < 20 ? boat.leave(harbour, wind) : undefined;
}

`;
const ROW = (i: number) => `| ${i} February | the mooring of boat ${i} | ${(i * 7919) % 1000} | *ice* on the quay |\n`;

/** The kinds of answers that are painted. */
export const KINDS = ['mixed', 'code', 'table', 'paragraph', 'list'] as const;
export type Kind = (typeof KINDS)[number];

/** An answer of at least `length` characters. */
export function answer(kind: Kind, length: number): string {
  const parts: string[] = [];
  let size = 0;
  const add = (part: string) => {
    parts.push(part);
    size += part.length;
  };
  if (kind === 'code') add('```js\n');
  if (kind === 'table') add('| day | what | sum | note |\n|---|---|--:|---|\n');
  for (let i = 0; size < length; i++) {
    if (kind === 'code') add(CODE);
    else if (kind === 'table') add(ROW(i));
    else if (kind === 'paragraph') add(PARAGRAPH);
    else if (kind === 'list') add(`- ${PARAGRAPH}\n`);
    else if (i % 5 === 0) add(`## Part ${i}\n\n`);
    else if (i % 5 === 1) add(`${PARAGRAPH}${PARAGRAPH}\n\n`);
    else if (i % 5 === 2) add(`- one reason, and it is *good*\n- another reason\n- a third one that says: ${PARAGRAPH}\n\n`);
    else if (i % 5 === 3) add(`\`\`\`js\n${CODE}\`\`\`\n\n`);
    else add(`| day | what | sum | note |\n|---|---|--:|---|\n${ROW(i)}${ROW(i + 1)}${ROW(i + 2)}\n`);
  }
  return parts.join('');
} // prettier-ignore

/** Letters a token, as models' tokens are in English. */
export const TOKEN = 4;
