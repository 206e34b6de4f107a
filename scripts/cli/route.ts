/** The dry run: where a prompt would go, and why. */
import { wordsNamed } from "./arguments.ts";
import { type Commands, show } from "./command.ts";
import { decisionPairs, decisionSchema, reasonText, targetsText } from "./decision-text.ts";
import { pairs } from "./text.ts";

export const ROUTE_COMMANDS: Commands = {
  route: {
    usage: "route PROMPT",
    summary: "dry run: traits, reason, and the dollar terms or filter of every target",
    flags: {
      model: { value: "MODEL", help: "auto (if absent), auto/PROFILE, a model, an alias or pool/ID" },
      system: { value: "TEXT", help: "a system message before the prompt" },
      stream: { value: null, help: "as if the answer were streamed" },
    },
    run: async (asked, context) => {
      const [prompt = ""] = wordsNamed(asked, ["PROMPT"]);
      const system = asked.flags.get("system");
      const body = {
        model: asked.flags.get("model") ?? "auto",
        messages: [
          ...(system === undefined ? [] : [{ role: "system", content: system }]),
          { role: "user", content: prompt },
        ],
        stream: asked.flags.has("stream"),
      };
      const answer = await context.api("/route", { method: "POST", body: JSON.stringify(body) });
      show(context, answer, decisionSchema, (decision) =>
        [
          pairs([["reason", reasonText(decision.reason)], ...decisionPairs(decision)]),
          "\n",
          targetsText(decision),
        ].join(""),
      );
    },
  },
};
