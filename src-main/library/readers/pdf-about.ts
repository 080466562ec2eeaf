/** What a PDF says of itself; often it is nonsense of the program that made it, so only what looks right is kept. */

export function about(info: Readonly<Record<string, unknown>>): { title?: string; date?: number } {
  const title = typeof info['Title'] === 'string' ? info['Title'].trim() : '';
  const date = pdfDate(info['ModDate']) ?? pdfDate(info['CreationDate']);
  return {
    ...(title !== '' && !FILE_NAME.test(title) && { title }),
    ...(date !== undefined && { date }),
  };
}
const FILE_NAME = /^(?:untitled|microsoft word - .*|.*\.(?:docx?|dvi|tex|indd|qxd|pptx?|xlsx?|ps|pmd))$/i;

/** `D:20180110135959+01'00'`: all after the year may be missing (ISO 32000-1, 7.9.4). */
export function pdfDate(text: unknown): number | undefined {
  const found = typeof text === 'string' ? DATE.exec(text) : null;
  if (!found) return undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, h = '00', m = '00'] = found;
  const zone = sign === '+' || sign === '-' ? `${sign}${h}:${m}` : 'Z';
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(date) ? undefined : date;
}
const DATE =
  /^(?:D:)?(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)?)?)?)?)?)?(?:([Z+-])(?:(\d\d)'?(\d\d)?'?)?)?/;
