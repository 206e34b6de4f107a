/** The routes with a scripted upstream: what each attempt meets is said by the test, all else is real. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import type { RouterDeps } from "../../routes/deps.ts";
import { createApp } from "../../routes/app.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { IsolateState } from "../../src/relay/isolate.ts";
import type { Outgoing } from "../../src/upstream/send.ts";
import { documentOf, pool } from "../unit/fixtures.ts";

export type Script = Readonly<Record<string, (outgoing: Outgoing) => Promise<Response>>>;
const unused = () => Promise.reject(new Error("not part of this test"));

const encode = (text: string) => new TextEncoder().encode(text);

/** An event stream of these texts; `end` says how it ends, `cancelled` when its reader leaves. */
export function stream(
  texts: readonly string[],
  end: "close" | "cut" | "hang" | "endless" = "close",
  cancelled: () => void = () => undefined,
): Response {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const write = async () => {
    for (const text of texts) await writer.write(encode(text));
    if (end === "close") await writer.close();
    if (end === "cut") await writer.abort(new Error("Network connection lost."));
    if (end === "hang") await writer.closed;
    if (end === "endless") for (;;) await writer.write(encode(chunk("more")));
  };
  write().catch(cancelled);
  return new Response(readable, { headers: { "content-type": "text/event-stream" } });
}

export const chunk = (content: string | null, more: Readonly<Record<string, unknown>> = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: content === null ? { role: "assistant", content: null } : { content }, finish_reason: null }], ...more })}\n\n`;
export const finished = `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`;
export const usageChunk = `data: ${JSON.stringify({ id: "c", choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } })}\n\n`;
export const DONE = "data: [DONE]\n\n";
export const whole = (content: string) => stream([chunk(null), chunk(content), finished, usageChunk, DONE]);
export const answer = (content: string) =>
  Response.json({
    id: "c",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  });
export const refused = () => Promise.reject(new Error("Network connection lost."));

export type World = {
  readonly call: (
    body: Readonly<Record<string, unknown>>,
    init?: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal },
  ) => Promise<Response>;
  readonly settled: () => Promise<void>;
  readonly records: DecisionRecord[];
  readonly sent: Outgoing[];
  readonly state: IsolateState;
};

/** Pools `first` (cheaper) and `second`, their backends answered by the script's entry of the pool's id. */
export function worldOf(
  script: Script,
  change: {
    readonly backends?: readonly string[];
    readonly policy?: Readonly<Record<string, unknown>>;
    readonly now?: () => number;
    /** Fields of the pool `second`. */
    readonly second?: Readonly<Record<string, unknown>>;
  } = {},
): World {
  const price = (usd: number) => ({ basis: "tokens", usdPerMTokIn: usd, usdPerMTokOut: usd });
  const backends = (change.backends ?? ["a"]).map((id) => ({
    id,
    url: `https://first.example.net/${id}`,
    slots: 4,
  }));
  const document = documentOf(
    [pool("first", { price: price(1), backends }), pool("second", { price: price(5), ...change.second })],
    change.policy,
  );
  const [records, sent, state, context] = [
    [] as DecisionRecord[],
    [] as Outgoing[],
    new IsolateState(),
    createExecutionContext(),
  ];
  const now = change.now ?? Date.now;
  const deps: RouterDeps = {
    now,
    random: () => 0.5,
    newId: () => crypto.randomUUID(),
    keyName: () => Promise.resolve("test"),
    isAdmin: () => Promise.resolve(false),
    snapshot: () =>
      Promise.resolve({ snapshot: { version: 3, publishedAtMs: 0, document }, ageMs: 0, stale: false }),
    relay: {
      send: (outgoing) => {
        sent.push(outgoing);
        const { pathname, hostname } = new URL(outgoing.baseUrl);
        const entry = script[pathname.slice(1)] ?? script[hostname.split(".")[0] ?? ""];
        return entry === undefined ? unused() : entry(outgoing);
      },
      secret: () => null,
      state,
      now,
      random: () => 0.5,
    },
    record: (record) => records.push(record),
    problem: () => undefined,
    registry: { read: unused, change: unused, versions: unused },
    log: { newest: unused, pages: unused, get: unused, stats: unused },
  };
  const app = createApp(() => deps);
  return {
    records,
    sent,
    state,
    settled: () => waitOnExecutionContext(context),
    call: async (body, init = {}) =>
      app.fetch(
        new Request("https://pointsman.test/v1/chat/completions", {
          method: "POST",
          body: JSON.stringify({
            model: "auto",
            messages: [{ role: "user", content: "Is this positive or negative? 'fine'" }],
            ...body,
          }),
          headers: { authorization: "Bearer k", ...init.headers },
          ...(init.signal === undefined ? {} : { signal: init.signal }),
        }),
        {},
        context,
      ),
  };
}
