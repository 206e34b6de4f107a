/**
 * What a simulated engine says: the same prompt always gets the same answer, cut into the pieces
 * that are sent, one piece a token, so that usage counts are exact. Pure.
 */
import { z } from "zod";
import { promptText, questionText, type ChatRequest } from "./request.ts";

export type Answer = {
  /** The tool that is called; null for text. */
  readonly tool: string | null;
  /** Text, or the tool's arguments, one piece a token. The first piece of a tool call is its name, so it is empty. */
  readonly pieces: readonly string[];
  readonly finishReason: "stop" | "length" | "tool_calls";
};

const WORDS =
  "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat".split(
    " ",
  );

const WORDS_MAX = 8000;
const JSON_PIECE_CHARS = 4;

/** The first cue that fits the question gives the bounds of the answer's length in words. */
const LENGTH_CUES: readonly (readonly [cue: RegExp, least: number, most: number])[] = [
  [/\b(one|single) word\b|\byes or no\b|\btrue or false\b|\bsentiment\b|\bclassif|\blabel\b/i, 1, 3],
  [/\bessay\b|\bstory\b|\barticle\b|\breport\b|\bchapter\b|\bin detail\b|\bdetailed\b/i, 300, 700],
  [/\bsummar|\btranslat|\brewrite\b|\brephrase\b/i, 40, 120],
];
const LENGTH_OTHERWISE = [20, 160] as const;

/** FNV-1a: a prompt's number, the same on every machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

function wordCount(question: string, hash: number): number {
  const named = /\b(\d{1,5})[ -]words?\b/i.exec(question)?.[1];
  if (named !== undefined) return Math.min(WORDS_MAX, Math.max(1, Number(named)));
  const cue = LENGTH_CUES.find(([pattern]) => pattern.test(question));
  const [least, most] = cue === undefined ? LENGTH_OTHERWISE : [cue[1], cue[2]];
  return least + (hash % (most - least + 1));
}

function textPieces(request: ChatRequest, signature: string): string[] {
  const hash = hashOf(promptText(request));
  const prefix = signature.split(/(?<= )/);
  const count = wordCount(questionText(request), hash);
  const words = Array.from({ length: count }, (_, index) => {
    const word = WORDS[(hash + index * 7) % WORDS.length] ?? "lorem";
    return index === 0 ? word : ` ${word}`;
  });
  return [...prefix, ...words];
}

const shapeSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.json()).min(1).optional(),
  const: z.json().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});

/** The plainest value that fits a JSON schema's common keywords. */
function exampleOf(schema: unknown): z.infer<ReturnType<typeof z.json>> {
  const shape = shapeSchema.safeParse(schema);
  if (!shape.success) return "simulated";
  const { type, enum: choices, const: constant, properties, items } = shape.data;
  if (constant !== undefined) return constant;
  if (choices !== undefined) return choices[0] ?? null;
  if (type === "object" || properties !== undefined) {
    return Object.fromEntries(
      Object.entries(properties ?? {}).map(([name, value]) => [name, exampleOf(value)]),
    );
  }
  if (type === "array") return items === undefined ? [] : [exampleOf(items)];
  if (type === "number" || type === "integer") return 1;
  if (type === "boolean") return true;
  return type === "null" ? null : "simulated";
}

const cut = (text: string): string[] => text.match(new RegExp(`[^]{1,${JSON_PIECE_CHARS}}`, "gu")) ?? [];

function calledTool(request: ChatRequest): { name: string; parameters: unknown } | null {
  const choice = request.tool_choice;
  const tools = (request.tools ?? []).map((tool) => tool.function);
  if (choice === "required") return tools[0] ?? null;
  if (typeof choice !== "object" || choice === null) return null;
  return tools.find((tool) => tool.name === choice.function.name) ?? null;
}

function fullAnswer(request: ChatRequest, signature: string): Answer {
  const tool = calledTool(request);
  if (tool !== null) {
    const pieces = cut(JSON.stringify(exampleOf(tool.parameters ?? { type: "object" })));
    return { tool: tool.name, pieces: ["", ...pieces], finishReason: "tool_calls" };
  }
  const format = request.response_format;
  if (format?.type === "json_object") {
    return {
      tool: null,
      pieces: cut(JSON.stringify({ simulated: true, by: signature.trim() })),
      finishReason: "stop",
    };
  }
  if (format?.type === "json_schema") {
    return {
      tool: null,
      pieces: cut(JSON.stringify(exampleOf(format.json_schema?.schema))),
      finishReason: "stop",
    };
  }
  return { tool: null, pieces: textPieces(request, signature), finishReason: "stop" };
}

/** The answer to a request, cut at the request's own limit and at the room left in the context. */
export function answerTo(request: ChatRequest, signature: string, roomTokens: number): Answer {
  const answer = fullAnswer(request, signature);
  const limit = Math.min(roomTokens, request.max_completion_tokens ?? request.max_tokens ?? roomTokens);
  if (answer.pieces.length <= limit) return answer;
  return { ...answer, pieces: answer.pieces.slice(0, limit), finishReason: "length" };
}
