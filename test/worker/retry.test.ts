/** What the official SDK does with an error: it sends a request again unless the answer says not to. */
import { exports } from "cloudflare:workers";
import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Outgoing } from "../../src/upstream/send.ts";
import { refused, worldOf } from "./scripted.ts";
import { KEY, SENTIMENT, setUp } from "./world.ts";

beforeAll(setUp);

/** The SDK as an application has it, its retries left at their default, and a count of what it sends. */
function clientOf(answer: (request: Request) => Promise<Response>) {
  const requests: Request[] = [];
  const client = new OpenAI({
    baseURL: "https://pointsman.test/v1",
    apiKey: KEY,
    dangerouslyAllowBrowser: true,
    fetch: (url, init) => {
      const request = new Request(url, init);
      requests.push(request);
      return answer(request);
    },
  });
  return { client, requests };
}

const ask = (client: OpenAI, headers: Readonly<Record<string, string>>): Promise<unknown> =>
  client.chat.completions
    .create({ model: "auto", messages: [{ role: "user", content: SENTIMENT }] }, { headers })
    .then(
      () => null,
      (error: unknown) => (error instanceof OpenAI.APIError ? error.status : error),
    );

describe("the official SDK sends once what no retry can change", () => {
  it.each([
    ["a cap that nothing meets", { "x-pointsman-max-cost-usd": "0" }, 503],
    ["a quality that nothing has", { "x-pointsman-min-quality": "1" }, 503],
    ["a loop of routers", { "x-pointsman-hops": "3" }, 508],
  ])("%s", async (_what, headers, status) => {
    const { client, requests } = clientOf((request) => exports.default.fetch(request));
    expect([await ask(client, headers), requests.length]).toEqual([status, 1]);
  });

  it("a deadline that passed", async () => {
    const hang = (outgoing: Outgoing) =>
      new Promise<Response>((_resolve, reject) => {
        outgoing.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const world = worldOf({ first: hang, second: hang });
    const { client, requests } = clientOf(async (request) =>
      world.call(z.record(z.string(), z.unknown()).parse(await request.json()), {
        headers: Object.fromEntries(request.headers),
      }),
    );
    expect([await ask(client, { "x-pointsman-deadline-ms": "30" }), requests.length]).toEqual([504, 1]);
  });
});

describe("what a retry may change is left to the client", () => {
  it("503, too slow just now: three times", async () => {
    const { client, requests } = clientOf(async (request) => {
      const answer = await exports.default.fetch(request);
      const headers = new Headers(answer.headers);
      // The SDK's own pause, which says nothing of ours, is cut.
      headers.set("retry-after-ms", "0");
      return new Response(answer.body, { status: answer.status, headers });
    });
    expect([await ask(client, { "x-pointsman-max-ttft-ms": "0" }), requests.length]).toEqual([503, 3]);
  });

  it("502, nobody answered", async () => {
    const response = await worldOf({ first: refused, second: refused }).call({});
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([502, null]);
  });
});
