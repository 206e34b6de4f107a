/** What a deployment is called and needs, from wrangler.toml. */
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { z } from "zod";
import { ROOT } from "./wrangler.ts";

export type Settings = {
  readonly worker: string;
  /** Every queue that is written to or read from. */
  readonly queues: readonly string[];
  readonly database: { readonly binding: string; readonly name: string };
  readonly ownHosts: readonly string[];
};

const configSchema = z.object({
  name: z.string(),
  queues: z.object({
    producers: z.array(z.object({ queue: z.string() })).default([]),
    consumers: z.array(z.object({ queue: z.string(), dead_letter_queue: z.string().optional() })).default([]),
  }),
  d1_databases: z.array(z.object({ binding: z.string(), database_name: z.string() })).length(1),
  vars: z.object({ OWN_HOSTS: z.string() }),
});

/** Read by wrangler's own reader: what it deploys is what is prepared here. */
export function readSettings(path = join(ROOT, "wrangler.toml")): Settings {
  const { name, queues, d1_databases, vars } = configSchema.parse(unstable_readConfig({ config: path }));
  const names = [
    ...queues.producers.map(({ queue }) => queue),
    ...queues.consumers.flatMap(({ queue, dead_letter_queue: dead }) =>
      dead === undefined ? [queue] : [queue, dead],
    ),
  ];
  const [database] = d1_databases.map((entry) => ({ binding: entry.binding, name: entry.database_name }));
  if (database === undefined) throw new Error("wrangler.toml names no D1 database");
  const ownHosts = vars.OWN_HOSTS.split(",").map((host) => host.trim());
  return { worker: name, queues: [...new Set(names)], database, ownHosts };
}
