/** The one error that people see: a stable code and a sentence that says what happened, what is safe, what to do next. */

export type Details = Readonly<Record<string, string | number | boolean>>;

export class Fault extends Error {
  override readonly name = 'Fault';
  /** Stable, kebab-case; declared in the door of the room that throws it. */
  readonly code: string;
  /** Free of secrets and of personal content; may cross the wire. */
  readonly details: Details | undefined;

  /**
   * @param code stable kebab-case name, for programs
   * @param message one plain sentence, for the person
   * @param options `details` crosses the wire, `cause` never does
   */
  constructor(code: string, message: string, options: { details?: Details; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

/** True for a Fault, and with `code` for a Fault of just that code. */
export const isFault = (error: unknown, code?: string): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code);
