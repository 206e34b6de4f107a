/** What a local start prints once everything runs. */
import type { Pool } from "../../src/domain/pool.ts";
import { GUESSES } from "./discovery.ts";
import { FIRST_BODY, type FirstAnswer } from "./first-request.ts";

export type Started = {
  readonly port: number;
  readonly pools: readonly Pool[];
  readonly simulated: boolean;
  readonly apiKey: string;
  readonly adminToken: string;
  readonly first: FirstAnswer;
  readonly logPath: string;
};

function poolLines({ pools, simulated, port, adminToken }: Started): string[] {
  const rows = pools.map(
    (pool) =>
      `  ${pool.id} (${pool.kind}) at ${pool.backends[0]?.url ?? "?"}: ${pool.models.map((model) => model.id).join(", ")}`,
  );
  if (simulated) {
    return [
      "The pools are SIMULATED: small servers at the pace of the named hardware, whose answers mean nothing.",
      ...rows,
      "Name a real one with: npm start -- --pool http://127.0.0.1:11434=cpu",
    ];
  }
  return [
    "Pools:",
    ...rows,
    `Their price (0 USD an hour), power (${GUESSES.powerWatts} W) and slots (${GUESSES.slots}) are GUESSES. Correct them with:`,
    `  curl -X PATCH http://localhost:${port}/admin/v1/pools/${pools[0]?.id ?? "ID"} -H "authorization: Bearer ${adminToken}" \\`,
    `    -d '{"powerWatts": 120, "price": {"basis": "hourly", "usdPerHour": 0.4, "accounting": "amortised"}}'`,
  ];
}

/** The text of the banner. */
export function banner(started: Started): string {
  const { port, apiKey, adminToken, first, logPath } = started;
  const body = { model: FIRST_BODY.model, messages: FIRST_BODY.messages };
  return [
    "",
    ...poolLines(started),
    "",
    `Base URL     http://localhost:${port}/v1`,
    `API key      ${apiKey}`,
    `Admin token  ${adminToken}   (for http://localhost:${port}/admin/v1)`,
    "",
    "Try it:",
    `  curl -i http://localhost:${port}/v1/chat/completions -H "authorization: Bearer ${apiKey}" \\`,
    `    -H "content-type: application/json" -d '${JSON.stringify(body)}'`,
    "",
    `A first request was answered by pool ${first.pool} (reason ${first.reason}, cost ${first.costUsd} USD).`,
    `Logs: ${logPath}. Ctrl-C stops everything.`,
  ].join("\n");
}
