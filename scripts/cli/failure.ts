/** Why a command ends without its answer. `usage` is how it was written, `setup` what surrounds it, `answer` what came back. */
export type FailureKind = "usage" | "setup" | "answer";

/** A failure that is told to the operator; anything else that is thrown is a bug. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const usageError = (message: string): Failure => new Failure("usage", message);

/** A word of the command line as it stands in a message. */
export const quoted = (word: string): string => JSON.stringify(word);
