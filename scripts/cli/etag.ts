/** The registry's versions as operators write them: `v12`. */
import type { Answer } from "./api.ts";

/** Quotes are a shell's as much as an ETag's, so an operator may leave them out. */
export const ETAG = /^"?(v\d{1,15})"?$/;
export const ifMatchOf = (text: string): string => `"${ETAG.exec(text)?.[1] ?? ""}"`;
/** The version that an answer tells of. */
export const versionOf = ({ headers }: Pick<Answer, "headers">): string =>
  ETAG.exec(headers.get("etag") ?? "")?.[1] ?? "unknown";
