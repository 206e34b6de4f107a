/** Server-sent events, as chat engines write them. Bytes stay bytes: only what must be read is decoded. */
import { Buffer } from "node:buffer";
import { z } from "zod";

const usageSchema = z.looseObject({
  prompt_tokens: z.number().min(0),
  completion_tokens: z.number().min(0).nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().min(0).nullish() }).nullish(),
});
export type WireUsage = z.infer<typeof usageSchema>;

const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z.looseObject({}).nullish(),
        finish_reason: z.string().nullish(),
        text: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** The end of the last whole event in the bytes: after it stands a part of the next. 0 when there is none. */
export function wholeEventsEnd(bytes: Buffer): number {
  const plain = bytes.lastIndexOf("\n\n");
  const carriage = bytes.lastIndexOf("\r\n\r\n");
  return Math.max(plain === -1 ? 0 : plain + 2, carriage === -1 ? 0 : carriage + 4);
}

/** The text of each event, without the blank line that ends it. */
export const eventsOf = (bytes: Buffer): string[] =>
  bytes
    .toString("utf8")
    .split(/\r?\n\r?\n/)
    .filter((event) => event !== "");

export const DONE = "[DONE]";

/** The data of one event; null for a comment. */
export function dataOf(event: string): string | null {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith("data:"));
  return lines.length === 0 ? null : lines.map((line) => line.slice(5).trimStart()).join("\n");
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What an event is to the decision whether a client can still be given another answer. */
export function eventKind(event: string): "silent" | "content" | "error" | "done" {
  if (/^event:\s*error/m.test(event)) return "error";
  const data = dataOf(event);
  if (data === null || data === "") return "silent";
  if (data === DONE) return "done";
  const parsed = chunkSchema.safeParse(parseJson(data));
  if (!parsed.success) return "error";
  if (parsed.data.error !== undefined && parsed.data.error !== null) return "error";
  return (parsed.data.choices ?? []).some(hasContent) ? "content" : "silent";
}

type Choice = NonNullable<z.infer<typeof chunkSchema>["choices"]>[number];
const hasContent = (choice: Choice): boolean => {
  if ((choice.finish_reason ?? null) !== null || (choice.text ?? "") !== "") return true;
  return Object.entries(choice.delta ?? {}).some(
    ([key, value]) =>
      key !== "role" && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
};

/** The usage of an answer or of a chunk; null when there is none that can be read. */
export function usageOf(body: unknown): WireUsage | null {
  if (typeof body !== "object" || body === null || !("usage" in body)) return null;
  const parsed = usageSchema.safeParse(body.usage);
  return parsed.success ? parsed.data : null;
}

const USAGE_MARKS = ['"usage":{', '"usage": {'];
/** Where the next usage object may be; engines write `"usage":null` in every chunk, which is not worth decoding. */
function nextUsage(bytes: Buffer, from: number): number {
  const found = USAGE_MARKS.map((mark) => bytes.indexOf(mark, from)).filter((at) => at !== -1);
  return found.length === 0 ? -1 : Math.min(...found);
}

const after = (at: number, length: number, otherwise: number): number =>
  at === -1 ? otherwise : at + length;

/** The event around a byte, its blank line included. */
function eventAround(bytes: Buffer, at: number): { readonly start: number; readonly end: number } {
  const before = bytes.subarray(0, at);
  return {
    start: Math.max(after(before.lastIndexOf("\n\n"), 2, 0), after(before.lastIndexOf("\r\n\r\n"), 4, 0)),
    end: Math.min(
      after(bytes.indexOf("\n\n", at), 2, bytes.length),
      after(bytes.indexOf("\r\n\r\n", at), 4, bytes.length),
    ),
  };
}

export type UsageRewrite = { readonly bytes: Buffer; readonly usage: WireUsage | null };

/**
 * Puts `cost` into the usage of a final chunk, or takes the chunk out when the client did not ask for it. Events
 * without usage are not touched.
 */
export function rewriteUsage(
  bytes: Buffer,
  keep: boolean,
  costUsd: (usage: WireUsage) => number,
): UsageRewrite {
  let found: WireUsage | null = null;
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = nextUsage(bytes, 0); at !== -1; at = nextUsage(bytes, from)) {
    const { start, end } = eventAround(bytes, at);
    const event = bytes.subarray(start, end);
    const body = parseJson(dataOf(event.toString("utf8")) ?? "");
    const usage = usageOf(body);
    parts.push(bytes.subarray(from, start));
    from = end;
    if (usage === null || typeof body !== "object" || body === null) {
      parts.push(event);
      continue;
    }
    found = usage;
    const carriesChoices = "choices" in body && Array.isArray(body.choices) && body.choices.length > 0;
    if (!keep && !carriesChoices) continue;
    const told = { ...body, usage: { ...usage, cost: costUsd(usage) } };
    parts.push(Buffer.from(`data: ${JSON.stringify(told)}\n\n`, "utf8"));
  }
  if (from === 0) return { bytes, usage: null };
  return { bytes: Buffer.concat([...parts, bytes.subarray(from)]), usage: found };
}
