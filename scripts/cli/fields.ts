/** `FIELD=VALUE` words as a merge patch. */
import { quoted, usageError } from "./failure.ts";

export type Field = { readonly path: readonly string[]; readonly value: unknown };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `price.usdPerHour=0.4`: a path of names, and JSON; what is not JSON is text. */
function fieldOf(word: string): Field {
  const [, name = "", text = ""] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  const path = name.split(".");
  if (path.includes("")) throw usageError(`${quoted(word)} is not FIELD=VALUE, like price.usdPerHour=0.4`);
  return { path, value: valueOf(text) };
}

function valueOf(text: string): unknown {
  let tooLarge = false;
  let value: unknown = text;
  try {
    value = JSON.parse(text, (_name, inner: unknown) => {
      tooLarge ||= typeof inner === "number" && !Number.isFinite(inner);
      return inner;
    });
  } catch {
    return text;
  }
  // On its way out an infinite number becomes null, and null removes the field.
  if (tooLarge) throw usageError(`${quoted(text)} holds a number that is too large`);
  return value;
}

/** Throws when one field is given twice, also as a part of another: one of the two would be lost. */
export function fieldsOf(words: readonly string[]): readonly Field[] {
  const fields = words.map(fieldOf);
  for (const [index, { path }] of fields.entries()) {
    const twice = fields
      .slice(0, index)
      .find((other) => path.every((part, depth) => (other.path[depth] ?? part) === part));
    if (twice !== undefined)
      throw usageError(`${quoted(path.join("."))} is given twice (${quoted(twice.path.join("."))})`);
  }
  return fields;
}

export const patchOf = (fields: readonly Field[]): Readonly<Record<string, unknown>> =>
  fields.reduce((patch, { path, value }) => withValue(patch, path, value), {});

function withValue(
  into: Readonly<Record<string, unknown>>,
  [head = "", ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (rest.length === 0) return { ...into, [head]: value };
  const inner = Object.hasOwn(into, head) ? into[head] : {};
  return { ...into, [head]: withValue(isRecord(inner) ? inner : {}, rest, value) };
}

/** What stands at a path; undefined when nothing does. */
export const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, part) => (isRecord(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined),
    value,
  );

/** A value as it stands in a message. */
export const jsonText = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
