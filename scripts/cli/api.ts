/** The admin API as the commands call it: where it is, who asks, and what goes wrong. */
import { z } from "zod";
import { Failure, quoted } from "./failure.ts";
import { oneLine, parsedJson } from "./text.ts";

export const DEFAULT_URL = "http://localhost:8787";
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];
export const ANSWER_WITHIN_MS = 30_000;

type Values = Readonly<Record<string, string | undefined>>;

/** What a command line runs in; a test hands in its own. */
export type Shell = {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly env: Values;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The text of a file, or of the standard input for `-`. */
  readonly readFile: (path: string) => Promise<string>;
  /** The values of `.dev.vars`; none where there is no such file. */
  readonly devVars: () => Promise<Values>;
};

/** As much of a shell as a call needs. */
export type Surroundings = Pick<Shell, "fetch" | "env" | "devVars">;

export type Call = {
  readonly method?: "PUT" | "PATCH" | "POST" | "DELETE";
  readonly body?: string;
  readonly ifMatch?: string;
};
export type Answer = {
  /** The method and path that it answers. */
  readonly to: string;
  readonly text: string;
  readonly headers: Headers;
};
export type Api = (path: string, call?: Call) => Promise<Answer>;

/** A call of the admin plane; what is not a success is thrown. */
export const apiOf =
  (shell: Surroundings): Api =>
  async (path, call = {}) => {
    const url = baseUrl(shell.env["POINTSMAN_URL"] || DEFAULT_URL, "POINTSMAN_URL");
    const method = call.method ?? "GET";
    const request = new Request(`${url.href}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokenFor(url, shell)}`,
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...(call.ifMatch === undefined ? {} : { "if-match": call.ifMatch }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      // The token goes to the URL that the operator named and nowhere else.
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const answer = { to: `${method} ${path}`, ...(await sent(shell, request, url.href)) };
    if (answer.status < 200 || answer.status > 299) throw refused(answer);
    return answer;
  };

/** Sends it and reads the answer whole; throws, naming the router's URL, when none comes. */
export async function sent(shell: Pick<Shell, "fetch">, request: Request, url: string) {
  try {
    const response = await shell.fetch(request);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new Failure(
      "answer",
      `${url} cannot be reached (${causeOf(error)}). Start the router with "npm start", or set POINTSMAN_URL.`,
    );
  }
}

/** The short name of what a fetch failed with. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  const cause = error.cause ?? error;
  if (typeof cause === "object" && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message : error.message;
}

const errorSchema = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    param: z.string().nullish(),
    code: z.string().nullish(),
  }),
});

function refused({ to, text, status }: Answer & { readonly status: number }): Failure {
  const { error } = errorSchema.safeParse(parsedJson(text)).data ?? {};
  if (error === undefined)
    return new Failure(
      "answer",
      `${to} answered ${status}, not as a Pointsman does. Is POINTSMAN_URL right?`,
    );
  const { message, param, code } = error;
  const lines = [message, ...(param ? [`param: ${param}`] : []), ...(code ? [`code: ${code}`] : [])];
  return new Failure("answer", `${lines.map(oneLine).join("\n")} (HTTP ${status})`);
}

/** The answer's JSON, checked as far as it is shown. */
export function read<Schema extends z.ZodType>(answer: Answer, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(parsedJson(answer.text));
  if (result.success) return result.data;
  const path = oneLine(result.error.issues[0]?.path.join(".") || "its root");
  throw new Failure(
    "answer",
    `${answer.to} answered what this CLI cannot read, at ${path}. Are the CLI and the router of one version?`,
  );
}

/** The answer's JSON as it came; throws when it is something else, such as a login page. */
export const rawJson = (answer: Answer): string => {
  read(answer, z.json());
  return answer.text;
};

export type BaseUrl = { readonly href: string; readonly local: boolean };

/** A router's URL without a slash at its end; `name` is where it was written. */
export function baseUrl(text: string, name: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Failure("setup", `${name} must be an http(s) URL, not ${quoted(text)}`);
  if (url.username !== "" || url.search !== "" || url.hash !== "")
    throw new Failure("setup", `${name} must have no user, query or fragment`);
  const href = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return { href, local: LOOPBACK_HOSTS.includes(url.hostname) };
}

const tokenFor = ({ local }: BaseUrl, shell: Surroundings): Promise<string> =>
  credential({ variable: "POINTSMAN_ADMIN_TOKEN", devVar: "ADMIN_TOKEN", what: "admin token" }, local, shell);

export type Credential = { readonly variable: string; readonly devVar: string; readonly what: string };

/** What the environment says, else, of a router on this machine only, `.dev.vars`. */
export async function credential(
  { variable, devVar, what }: Credential,
  local: boolean,
  { env, devVars }: Pick<Shell, "env" | "devVars">,
): Promise<string> {
  const value = env[variable] || (local ? (await devVars())[devVar] : "");
  if (value === undefined || value === "") {
    const where = local ? `, and ./.dev.vars has no ${devVar} (npm start makes one)` : "";
    throw new Failure("setup", `${variable} is not set${where}.`);
  }
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new Failure("setup", `The ${what} holds a space, a line end or a character that is not ASCII.`);
  return value;
}
