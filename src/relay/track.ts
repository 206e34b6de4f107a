/** What is told of a stream by the bytes that pass: how it ends, what it used. */
import { Buffer } from "node:buffer";
import type { TokenUsage } from "../domain/record.ts";
import type { WireUsage } from "../upstream/sse.ts";

export type Track = {
  usage: WireUsage | null;
  /** Events with content, about: the estimate of answer tokens when the upstream tells none. */
  events: number;
  finished: boolean;
  /** The upstream sent an error event of its own: the client has it, and it is no success. */
  failed: boolean;
};
export const newTrack = (): Track => ({ usage: null, events: 0, finished: false, failed: false });

const holds = (bytes: Buffer, marks: readonly string[]): boolean =>
  marks.some((mark) => bytes.includes(mark));
/** Inside a JSON string the quotes would be escaped: unescaped, these are keys and events. */
const FINISHED = ['"finish_reason":"', "data: [DONE]", "data:[DONE]", '"finish_reason": "'];
const FAILED = ['"error":{', '"error": {', "\nevent: error"];
const FAILED_START = Buffer.from("event: error");

/** Takes note of whole events on their way out. */
export function follow(track: Track, bytes: Buffer, usage: WireUsage | null): void {
  track.usage = usage ?? track.usage;
  track.events += dataLines(bytes);
  track.finished ||= holds(bytes, FINISHED);
  track.failed ||= holds(bytes, FAILED) || bytes.subarray(0, FAILED_START.length).equals(FAILED_START);
}

const [NEWLINE, LETTER_D, BRACE] = [10, 100, 123];

/** Lines that begin with `data: {`, one to an event: about a token each, should the upstream tell no usage. */
function dataLines(bytes: Buffer): number {
  let count = 0;
  for (let at = -1; at < bytes.length; at += 1) {
    const opens = at === -1 || bytes[at] === NEWLINE;
    if (opens && bytes[at + 1] === LETTER_D && (bytes[at + 7] === BRACE || bytes[at + 6] === BRACE))
      count += 1;
  }
  return count;
}

/** Token counts for the log: the upstream's, else an estimate that says so. */
export const tokenUsage = (
  usage: WireUsage | null,
  estimate: { readonly inputTokens: number; readonly outputTokens: number },
): TokenUsage =>
  usage === null
    ? { ...estimate, cachedInputTokens: 0, estimated: true }
    : {
        inputTokens: usage.prompt_tokens,
        cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
        outputTokens: usage.completion_tokens ?? 0,
        estimated: false,
      };
