/** The filters of the decision log, as flags and as a query. */
import { REASONS } from "../../src/domain/reason.ts";
import { TASKS } from "../../src/domain/traits.ts";
import { type Asked, type Flags, integer, oneOf } from "./arguments.ts";

const aTime = (text: string): string | null =>
  /^\d{10,15}$/.test(text) || !Number.isNaN(Date.parse(text))
    ? null
    : "must be an ISO 8601 time or milliseconds since 1970";

export const FILTER_FLAGS: Flags = {
  pool: { value: "ID", help: "the pool that answered" },
  task: { value: "TASK", help: TASKS.join(", "), problem: oneOf(TASKS) },
  reason: {
    value: "REASON",
    help: "as in the header x-pointsman-reason",
    problem: oneOf(Object.keys(REASONS)),
  },
  status: { value: "N", help: "the HTTP status", problem: integer(100, 599) },
  key: { value: "NAME", help: "the name of the API key" },
  from: { value: "TIME", help: "ISO 8601 or milliseconds since 1970; that moment included", problem: aTime },
  to: { value: "TIME", help: "that moment excluded", problem: aTime },
};

export function filterQuery({ flags }: Asked): URLSearchParams {
  return new URLSearchParams([...flags].filter(([name]) => Object.hasOwn(FILTER_FLAGS, name)));
}
