/** Which methods a path answers to, from the tables of routes that the documentation is tested against. */

/** A template's part in braces stands for one part of a path that is not empty. */
const matches = (template: string, path: string): boolean => {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith("{") ? given[index] !== "" : part === given[index]))
  );
};

export const allowedMethods = (routes: readonly (readonly [string, string])[], path: string): string[] =>
  routes.filter(([, template]) => matches(template, path)).map(([method]) => method);
