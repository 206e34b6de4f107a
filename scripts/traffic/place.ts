/** The router that traffic goes to: where it is, that it is there, and the key that it takes. */
import { z } from "zod";
import {
  ANSWER_WITHIN_MS,
  type Api,
  type BaseUrl,
  DEFAULT_URL,
  type Surroundings,
  apiOf,
  baseUrl,
  credential,
  sent,
} from "../cli/api.ts";
import { Failure } from "../cli/failure.ts";
import { parsedJson } from "../cli/text.ts";

export type Place = { readonly url: string; readonly apiKey: string; readonly admin: Api };

/** `--url`, else POINTSMAN_URL, else this machine. Throws when no router answers there, before anything is sent. */
export async function placeOf(flag: string | undefined, around: Surroundings): Promise<Place> {
  const url =
    flag === undefined
      ? baseUrl(around.env["POINTSMAN_URL"] || DEFAULT_URL, "POINTSMAN_URL")
      : baseUrl(flag, "--url");
  await checkHealth(url, around);
  return {
    url: url.href,
    apiKey: await credential(
      { variable: "POINTSMAN_API_KEY", devVar: "DEV_API_KEY", what: "API key" },
      url.local,
      around,
    ),
    admin: apiOf({ ...around, env: { ...around.env, POINTSMAN_URL: url.href } }),
  };
}

const healthSchema = z.looseObject({ status: z.string() });

async function checkHealth({ href }: BaseUrl, around: Surroundings): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const { status, text } = await sent(around, new Request(`${href}/healthz`, { signal }), href);
  const told = healthSchema.safeParse(parsedJson(text)).data?.status;
  if (status === 200 && told !== undefined) return;
  throw new Failure(
    "answer",
    told === undefined
      ? `GET ${href}/healthz answered ${status}, not as a Pointsman does. Is POINTSMAN_URL right?`
      : `${href} is not ready: GET /healthz answered ${status} (${told}).`,
  );
}
