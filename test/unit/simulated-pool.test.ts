import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { closePools, readAnswer, readEvents, say, start } from "./simulated-pool-harness.ts";

afterEach(closePools);

describe("answers", () => {
  it("says plainly that it is simulated, and counts what it says", async () => {
    const { chat } = await start({ count: 0.4 });
    const { content, choice, usage } = await readAnswer(await chat({}));
    expect(content).toMatch(/^\[simulated llama-3\.2-3b-instruct on altra-q80\] /);
    expect(content?.split(" ")).toHaveLength(16);
    expect(choice?.finish_reason).toBe("stop");
    expect(usage).toEqual({ prompt_tokens: 7, completion_tokens: 16, total_tokens: 23 });
  });

  it("gives the same prompt the same answer", async () => {
    const { chat } = await start();
    const first = await readAnswer(await chat({ messages: say("Tell me of the sea") }));
    const second = await readAnswer(await chat({ messages: say("Tell me of the sea") }));
    expect(second.content).toBe(first.content);
  });

  it.each([
    ["What is the sentiment of this review? One word.", 5, 7],
    ["Write an essay on rivers", 304, 704],
    ["Write 50 words on rivers", 54, 54],
  ])("fits the length to the question: %s", async (question, least, most) => {
    const { chat } = await start();
    const { usage } = await readAnswer(await chat({ messages: say(question) }));
    expect(usage.completion_tokens).toBeGreaterThanOrEqual(least);
    expect(usage.completion_tokens).toBeLessThanOrEqual(most);
  });

  it.each(["max_tokens", "max_completion_tokens"])("stops at %s", async (limit) => {
    const { chat } = await start();
    const { choice, usage } = await readAnswer(await chat({ [limit]: 3 }));
    expect(choice?.finish_reason).toBe("length");
    expect(usage.completion_tokens).toBe(3);
  });

  it("calls a tool when one is required", async () => {
    const { chat } = await start();
    const parameters = {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
    };
    const tools = [{ type: "function", function: { name: "weather", parameters } }];
    const { choice } = await readAnswer(await chat({ tools, tool_choice: "required" }));
    const call = choice?.message.tool_calls?.[0]?.function;
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(call?.name).toBe("weather");
    expect(JSON.parse(call?.arguments ?? "")).toEqual({ city: "simulated", days: 1 });
  });

  it("answers with JSON when asked to", async () => {
    const { chat } = await start();
    const free = await readAnswer(await chat({ response_format: { type: "json_object" } }));
    expect(JSON.parse(free.content ?? "")).toMatchObject({ simulated: true });
    const schema = {
      type: "object",
      properties: { mood: { enum: ["good", "bad"] }, tags: { type: "array" } },
    };
    const shaped = await readAnswer(
      await chat({ response_format: { type: "json_schema", json_schema: { schema } } }),
    );
    expect(JSON.parse(shaped.content ?? "")).toEqual({ mood: "good", tags: [] });
  });
});

describe("streams", () => {
  it.each([
    ["llama.cpp", null],
    ["vllm", ""],
  ] as const)("writes chunks as %s does, one a token", async (engine, firstContent) => {
    const { chat } = await start({ engine, hardware: "l4" });
    const chunks = await readEvents(await chat({ stream: true, stream_options: { include_usage: true } }));
    const [role, ...rest] = chunks;
    expect(role?.choices[0]?.delta).toEqual({ role: "assistant", content: firstContent });
    const said = rest.filter((chunk) => (chunk.choices[0]?.delta.content ?? "") !== "");
    expect(said.map((chunk) => chunk.choices[0]?.delta.content).join("")).toMatch(/^\[simulated .* on l4\] /);
    expect(rest.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(rest.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: said.length } });
  });

  it("sends no usage unless it is asked for", async () => {
    const { chat } = await start();
    const chunks = await readEvents(await chat({ stream: true }));
    expect(chunks.some((chunk) => chunk.usage !== undefined)).toBe(false);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });
});

const client = (baseURL: string) => new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0 });

describe("the official openai package", () => {
  const body = { model: "llama-3.2-3b-instruct", messages: say("Say 20 words") };

  it("reads a whole answer", async () => {
    const { pool } = await start();
    const answer = await client(pool.url).chat.completions.create(body);
    expect(answer.choices[0]?.message.content?.split(" ")).toHaveLength(24);
    expect(answer.usage?.completion_tokens).toBe(24);
  });

  it("reads a stream, and a streamed tool call", async () => {
    const { pool } = await start();
    const { completions } = client(pool.url).chat;
    const words = await completions
      .stream({ ...body, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(words.choices[0]?.message.content?.split(" ")).toHaveLength(24);
    expect(words.usage?.completion_tokens).toBe(24);
    const tools = [{ type: "function" as const, function: { name: "ping", parameters: { type: "object" } } }];
    const called = await completions
      .stream({ ...body, tools, tool_choice: "required" })
      .finalChatCompletion();
    expect(called.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: "ping", arguments: "{}" } },
    ]);
  });
});
