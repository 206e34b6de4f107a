/** `npm run bundle`: builds the Worker as a deployment would, and fails when it has grown too large. */
import { parseArgs } from "node:util";
import { bundle, GZIP_MAX_BYTES, sizeProblem, sizeText } from "./deploy/bundle.ts";

const HELP = `usage: npm run bundle [-- --outdir DIR]
Builds the Worker without deploying it and prints its size, raw and gzipped.
Fails when it has more than ${GZIP_MAX_BYTES} bytes gzipped.
  --outdir DIR  where the built files go (.wrangler/bundle)`;

function main(): void {
  const { values } = parseArgs({
    options: {
      outdir: { type: "string", default: ".wrangler/bundle" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const size = bundle(values.outdir);
  console.log(sizeText(size));
  const problem = sizeProblem(size);
  if (problem !== null) throw new Error(problem);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
