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

const originOf = (pool: Pool | undefined): string =>
  new URL(pool?.backends[0]?.url ?? "http://localhost").origin;

function poolLines({ pools, simulated, port, adminToken }: Started): string[] {
  const rows = pools.map(
    (pool) =>
      `  ${pool.id} (${pool.kind}) at ${pool.backends[0]?.url ?? "?"}: ${pool.models.map((model) => model.id).join(", ")}`,
  );
  if (simulated) {
    return [
      "The pools are SIMULATED: small servers at the pace of the named hardware, whose answers mean nothing.",
      ...rows,
      `To see a fallback, let ${pools[0]?.id ?? "one"} fail once before a request:`,
      `  curl ${originOf(pools[0])}/simulation/faults -d '{"kind":"error_500","count":1}'`,
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

/** A value as a shell takes it: the operator may have chosen one that is no plain word. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** What a reader of the README pastes into another terminal. */
const exportLine = ({ port, apiKey, adminToken }: Started): string =>
  `  export KEY=${shellWord(apiKey)} POINTSMAN_ADMIN_TOKEN=${shellWord(adminToken)} POINTSMAN_URL=http://localhost:${port}`;

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
    "For another terminal, and the README's commands:",
    exportLine(started),
    "",
    "Try it:",
    `  curl -i http://localhost:${port}/v1/chat/completions -H "authorization: Bearer ${apiKey}" \\`,
    `    -H "content-type: application/json" -d '${JSON.stringify(body)}'`,
    "",
    `A first request was answered by pool ${first.pool} (reason ${first.reason}, cost ${first.costUsd} USD).`,
    `Logs: ${logPath}. Ctrl-C stops everything.`,
  ].join("\n");
}
