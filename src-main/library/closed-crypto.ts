/** What a library in the reader process gets instead of `crypto`: names that it binds when it loads, and that refuse. */
const closed = (): never => {
  throw new Error('Cryptography is closed in the reader');
};
export const createHash = closed;
export const randomBytes = closed;
export default { createHash, randomBytes };
