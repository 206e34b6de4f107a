import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../scripts/cli/commands.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { cli, lines, log } from "./cli-shell.ts";
import { record } from "./records.ts";
import { SENTIMENT, admin, json, setUp } from "./world.ts";

const refused: DecisionRecord = {
  ...record("r", { atMs: 500_000, status: 400, reason: "rejected_request" }),
  task: null,
  pool: null,
  model: null,
  backend: null,
  usage: null,
  fit: null,
  errorKind: "invalid_request",
  ask: null,
  decision: null,
};
const seeds: readonly DecisionRecord[] = [
  refused,
  record("a", { atMs: 1_000_000 }),
  {
    ...record("b", { atMs: 2_000_000, pool: "h100", status: 502, reason: "fallback_error" }),
    attempts: [{ target: "altra/m", backend: "a", result: "timeout", status: null, durationMs: 70 }],
  },
  record("c", { atMs: 3_000_000 }),
];

beforeAll(async () => {
  await setUp();
  await log(seeds);
});
beforeEach(setUp);

const POOLS = `
id     kind  weight  draining  price                backends  slots  models
altra  cpu        1  no        0.416 USD/h marginal         1      8  llama-3.2-3b-instruct
h100   gpu        1  no        6.88 USD/h amortised         1     32  llama-3.1-70b-instruct
`;
const MOVED = `on the last 3 decisions: 3 moved, expected cost COST -> COST USD (+N %)
pool   before  after
altra   100 %    0 %
h100      0 %  100 %
`;
const LOG_HEAD = "at status reason pool task in out cost USD ttft ms total ms fit key id"
  .split(/ (?!USD|ms)/)
  .join(" +");
const SEVEN_LINES_OF_B = [
  "1970-01-01T00:33:20.000Z",
  "502",
  "fallback_error",
  "h100",
  "classification",
  "0.000001000",
  "b",
];

/** Costs and shares of them depend on the price book, which other tests hold. */
const masked = (text: string) =>
  text.replaceAll(/\d+\.\d{9}/g, "COST").replaceAll(/\([+-][\d.]+ %\)/g, "(+N %)");

describe("what a command line prints", () => {
  it.each<[string, readonly string[], string]>([
    ["pools", ["pools"], POOLS.trimStart().replaceAll("price                b", "price                 b")],
    ["a weight, and its effect", ["weights", "altra=0"], `altra: weight 0\n${MOVED}`],
    ["a drain, and its effect", ["drain", "altra"], `altra: draining\n${MOVED}`],
    [
      "fields by their paths",
      ["set", "h100", "price.usdPerHour=7", 'tags=["eu"]', "region=paris", "powerWatts=null"],
      'h100: price.usdPerHour 7, tags ["eu"], region "paris", powerWatts absent\non the last 3 decisions: 0 moved, expected cost COST -> COST USD (+N %)\npool   before  after\naltra   100 %  100 %\n',
    ],
  ])("%s", async (_what, argv, out) => {
    const said = await cli(argv);
    expect({ ...said, out: masked(said.out) }).toEqual({ code: 0, out, err: "" });
  });

  it.each<[string, readonly string[], readonly RegExp[]]>([
    ["a pool", ["pool", "altra"], [/^\{\n {2}"id": "altra",/, /\n\}\n$/]],
    [
      "a dry run: the pick first, what was rejected last",
      ["route", SENTIMENT, "--system", "Answer with one word."],
      [
        /^reason +cheapest_capable: The cheapest .*\ntask +classification, difficulty 0\.\d+, evidence strong\n/,
        /\npick +altra\/llama-3\.2-3b-instruct\n/,
        /\norder +target +compared USD .*\n +1 +altra\/\S+( +0\.\d{9} +1)( +0\.\d{9}){3} .*\n +2 +h100\//,
      ],
    ],
    [
      "a dry run of a pinned pool, streamed",
      ["route", "--model=pool/h100", "--stream", "--", "--no flag--"],
      [
        /^reason +pinned_pool: /,
        /\nstream +yes\n/,
        /\nrejected +filter +evidence\naltra\/\S+ +wrong_model +the request names pool\/h100\n$/,
      ],
    ],
    [
      "a filtered log",
      ["logs", "--pool", "h100"],
      [new RegExp(`^${LOG_HEAD}\n${SEVEN_LINES_OF_B.join(".+")}\n$`)],
    ],
    [
      "a log between two times",
      ["logs", "--from=1970-01-01T00:33:20Z", "--to=3000000000000", "--status=502"],
      [/ b\n$/],
    ],
    ["a log without a match", ["logs", "--key", "nobody"], [new RegExp(`^${LOG_HEAD}\n$`)]],
    [
      "a whole decision",
      ["decision", "b"],
      [
        /^id +b\nat +1970-01-01T00:33:20.000Z\nkey +dev\nasked +selector.kind="auto" .*\nstatus +502\nerror +-\naborted +no\n/,
        /\nreason +fallback_error: An earlier attempt failed/,
        /\nanswered by +h100 \/ m \/ a\nused +10 in \(0 cached\), 5 out\ncost USD +0.000001000\nexpected USD +0.000001000\nbaseline USD +0.000004000\nttft ms +10\ntotal ms +20\noverhead ms +1\nfit +fit\n/,
        /\nattempt +backend +result +status +ms\naltra\/m +a +timeout +- +70\n/,
        /\n +1 +altra\/m +0.000001000 .* declared +0\/4\n/,
        /\nh100\/m +quality +P\(success\) 0.1 is under 0.6\n$/,
      ],
    ],
    [
      "sums per pool, in all and per task",
      ["stats", "--from", "1970-01-01T00:16:40Z"],
      [
        /^pool +requests +error rate .*\naltra +2 +0 % +20 +10 +0.000002000 +0.000008000 +0.000006000 +10 +20 +20 +0 +2 +0\nh100 +1 +100 % .*\nin all +3 +33.3 % /,
        /\n\ntask .*\nclassification +3 +33.3 % .*\n$/,
      ],
    ],
    [
      "a decision that was never taken",
      ["decision", "r"],
      [
        /^id +r\nat .*\nkey +dev\nasked +-\nstatus +400\nerror +invalid_request\n/,
        /\nanswered by +none \/ none \/ none\nused +-\n/,
        /\n\nThe request was refused before a decision was taken\.\n$/,
      ],
    ],
    ["an undrain", ["undrain", "altra"], [/^altra: not draining\non the last 3 decisions: 0 moved/]],
    [
      "versions, newest first",
      ["registry", "versions"],
      [/^version +published +change +pools\n +\d+ +\d{4}-\S+Z +put +2\n/],
    ],
    [
      "the help",
      ["help"],
      Object.values(COMMANDS).map(
        ({ usage }) => new RegExp(`^  ${usage.replaceAll(/[[\]|]/g, "\\$&")}  `, "m"),
      ),
    ],
    [
      "the help of a command",
      ["help", "logs"],
      [/^usage: pointsman logs \[flags\]\n/, /\n {2}--pool ID +/, /\n {2}--json +/],
    ],
  ])("%s", async (_what, argv, patterns) => {
    const { out, ...said } = await cli(argv);
    for (const pattern of patterns) expect(out).toMatch(pattern);
    expect(said).toEqual({ code: 0, err: "" });
  });

  it.each(Object.entries(COMMANDS))("%s --help", async (name, { usage, summary }) => {
    const nowhere = () => Promise.reject(new Error("help asks nobody"));
    const { out, code } = await cli([name, "--help"], { fetch: nowhere, env: {} });
    expect([code, lines(out)[0]?.startsWith(`usage: pointsman ${usage}`), lines(out)[1]]).toEqual([
      0,
      true,
      summary,
    ]);
  });

  it.each([
    [["pools"], "/pools"],
    [["pool", "altra"], "/pools/altra"],
    [["decision", "b"], "/decisions/b"],
    [["logs", "--limit", "2"], "/decisions?limit=2"],
    [["stats", "--pool", "h100"], "/stats?pool=h100"],
    [["registry"], "/registry"],
    [["registry", "versions"], "/registry/versions?limit=200"],
  ])("%s --json is the API's answer as it came", async (argv, path) => {
    const { out } = await cli([...argv, "--json"]);
    expect(JSON.parse(out)).toEqual(await json(await admin(path)));
    expect(lines(out)).toHaveLength(1);
  });
});

describe("what the API refuses is told with its param and code, and exits with 1", () => {
  const text = (error: readonly [string, string | null, string, number]) =>
    `error: ${error[0]}\n${error[1] === null ? "" : `param: ${error[1]}\n`}code: ${error[2]} (HTTP ${error[3]})\n`;
  it.each<[string, readonly string[], readonly [string, string | null, string, number]]>([
    ["an unknown pool", ["pool", "moon"], ['The pool "moon" does not exist.', null, "not_found", 404]],
    ["a drain of one", ["drain", "a/b"], ['The pool "a/b" does not exist.', null, "not_found", 404]],
    [
      "a weight out of bounds",
      ["weights", "altra=5000"],
      ["weight: Too big: expected number to be <=1000", "weight", "invalid_request", 400],
    ],
    [
      "an unknown field",
      ["set", "altra", "wait.x=1"],
      ["wait: is not a known field", "wait", "invalid_request", 400],
    ],
    [
      "a field of a prototype",
      ["set", "altra", "__proto__.x=1"],
      ["__proto__: is not a known field", "__proto__", "invalid_request", 400],
    ],
    [
      "an unknown model",
      ["route", "hi", "--model", "gpt"],
      ["No pool serves the model gpt. GET /v1/models lists what there is.", "model", "model_not_found", 404],
    ],
    [
      "an unknown decision",
      ["decision", "nobody"],
      [
        "A decision with this id does not exist. One takes a second or two to reach the log; requests whose key was refused are not in it.",
        null,
        "not_found",
        404,
      ],
    ],
    [
      "a version that never was",
      ["registry", "rollback", "999"],
      ["Version 999 of the registry does not exist.", null, "not_found", 404],
    ],
  ])("%s", async (_what, argv, error) => {
    expect(await cli(argv)).toEqual({ code: 1, out: "", err: text(error) });
  });
  it("a wrong token", async () => {
    const env = { POINTSMAN_URL: "https://pointsman.test", POINTSMAN_ADMIN_TOKEN: "wrong" };
    const message = "The admin token is missing or wrong: send Authorization: Bearer <ADMIN_TOKEN>.";
    expect((await cli(["pools"], { env })).err).toBe(text([message, null, "invalid_api_key", 401]));
  });
  it("a file that is no document", async () => {
    const { err } = await cli(["registry", "put", "x"], { readFile: () => Promise.resolve("{pools") });
    expect(err).toBe(text(["The body is not valid JSON.", null, "invalid_request", 400]));
  });
});
