/** What a library in the reader process gets instead of `fs` and `os`: names that it binds when it loads, and that refuse. */
const closed = (): never => {
  throw new Error('Files are closed in the reader');
};
export const createWriteStream = closed;
export const readFileSync = closed;
export const promises = { readFile: closed, writeFile: closed };
