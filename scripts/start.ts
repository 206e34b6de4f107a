/** `npm start`: pools, the Worker and a registry on this machine, until Ctrl-C. */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import type { Pool } from "../src/domain/pool.ts";
import { parseStartArguments, START, type StartArguments } from "./launch/arguments.ts";
import { banner } from "./launch/banner.ts";
import { createCrew, type Crew, type Member } from "./launch/crew.ts";
import { keepDevVars } from "./launch/dev-vars.ts";
import { describeNamed, findLocal } from "./launch/discovery.ts";
import { firstRequest } from "./launch/first-request.ts";
import { watchParent } from "./launch/parent.ts";
import { seedRegistry, SIMULATED_BASELINE, SIMULATED_SEEDS, simulatedPool } from "./launch/seed.ts";
import { scriptHelp, tellFailure } from "./shared/script.ts";
import { homeOf, migrate, portIsTaken, startWorker, untilHealthy } from "./launch/worker.ts";

const root = join(import.meta.dirname, "..");

const logIn = (home: string) => join(home, "start.log");
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The first failure of a process that must not end, against the work that needs it. */
const unlessEnded = <T>(member: Member, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    member.exited.then((how) => {
      throw new Error(`the ${member.name} stopped (${how}); its last lines:\n${member.tail()}`);
    }),
  ]);

async function startSimulated(crew: Crew): Promise<Pool[]> {
  return Promise.all(
    SIMULATED_SEEDS.map(async (seed) => {
      const [model] = seed.models;
      const flags = {
        engine: seed.load,
        hardware: seed.hardware?.id,
        count: seed.hardware?.count,
        model: model?.id,
        quantization: model?.quantization,
        slots: seed.slots,
        port: 0,
      };
      const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const args = [join(root, "scripts", "simulated-pool.ts"), ...given, "--until-stdin-closes"];
      const member = crew.spawn({ name: `simulated pool ${seed.id}`, args, cwd: root });
      const line = await unlessEnded(member, member.firstLine);
      const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
      void member.exited.then((how) =>
        tell(`The ${member.name} stopped (${how}); the router goes on without it.`),
      );
      return simulatedPool(seed, url);
    }),
  );
}

async function findPools({ pools, port, simulated }: StartArguments, crew: Crew) {
  if (pools.length > 0) return { pools: await describeNamed(pools), simulated: false };
  const found = simulated ? [] : await findLocal(port);
  return found.length > 0
    ? { pools: found, simulated: false }
    : { pools: await startSimulated(crew), simulated: true };
}

let stopping = false;
const tell = (text: string) => {
  if (!stopping) console.log(text);
};

async function run(asked: StartArguments, crew: Crew, home: string): Promise<Member> {
  const { port } = asked;
  if (await portIsTaken(port)) {
    throw new Error(
      `port ${port} is taken, perhaps by an earlier start: stop that, or choose another with PORT=8788 npm start`,
    );
  }
  const secrets = await keepDevVars(join(root, ".dev.vars"));
  const { ADMIN_TOKEN: adminToken = "", DEV_API_KEY: apiKey = "" } = secrets;
  tell("Preparing the database and the pools …");
  const [{ pools, simulated }] = await Promise.all([findPools(asked, crew), migrate(crew, { root, home })]);
  tell("Starting the Worker …");
  const worker = startWorker(crew, { root, home }, port);
  const origin = `http://127.0.0.1:${port}`;
  await unlessEnded(worker, untilHealthy(origin, worker));
  const admin = { origin, token: adminToken };
  await unlessEnded(worker, seedRegistry(admin, pools, simulated ? SIMULATED_BASELINE : undefined));
  const first = await unlessEnded(worker, firstRequest(origin, apiKey)).catch((error: unknown) => {
    throw new Error(`${messageOf(error)}\nThe last lines of the Worker's log:\n${worker.tail()}`);
  });
  const logPath = relative(process.cwd(), logIn(home));
  tell(banner({ port, pools, simulated, apiKey, adminToken, first, logPath }));
  return worker;
}

async function main(): Promise<void> {
  const asked = parseStartArguments(process.argv.slice(2), process.env);
  if (asked === null) return void process.stdout.write(scriptHelp(START));
  const home = homeOf(root, asked.port);
  mkdirSync(home, { recursive: true });
  const crew = createCrew(logIn(home));
  const finish = async (exitCode: number, text: string) => {
    // Ctrl-C reaches this process twice: from the terminal, and again through npm.
    if (stopping) return;
    tell(text);
    stopping = true;
    await crew.stop();
    process.exit(exitCode);
  };
  const fail = (error: unknown) => void finish(1, `npm start failed: ${messageOf(error)}`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void finish(0, "Stopping …"));
  }
  watchParent(
    () => process.ppid,
    () => void finish(0, "Stopping: what started this is gone."),
  );
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  process.on("exit", () => crew.killNow());
  try {
    const worker = await run(asked, crew, home);
    const how = await worker.exited;
    await finish(1, `The Worker stopped (${how}); its last lines:\n${worker.tail()}`);
  } catch (error) {
    fail(error);
  }
}

try {
  await main();
} catch (error) {
  tellFailure(error, START);
}
