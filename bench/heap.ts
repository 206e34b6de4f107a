/** The JavaScript heap of a running workerd, asked over its inspector. */
import { z } from "zod";

const INSPECTED = "main";
const targetsSchema = z.array(z.looseObject({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.looseObject({ id: z.number().optional(), result: z.unknown().optional() });
const usageSchema = z.looseObject({ usedSize: z.number() });

const textOf = (data: unknown): string => (typeof data === "string" ? data : "");

/** Used bytes of the Worker's heap after a full collection, in MiB. */
export async function heapMiB(inspectorPort: number): Promise<number> {
  const list = await fetch(`http://127.0.0.1:${inspectorPort}/json`);
  const found = targetsSchema.parse(await list.json()).find(({ id }) => id.includes(INSPECTED));
  if (found === undefined) throw new Error("the inspector knows no Worker of that name");
  const socket = new WebSocket(found.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  let last = 0;
  const ask = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      const id = (last += 1);
      const listen = (message: MessageEvent) => {
        const answer = answerSchema.safeParse(JSON.parse(textOf(message.data)));
        if (!answer.success || answer.data.id !== id) return;
        socket.removeEventListener("message", listen);
        resolve(answer.data.result);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method }));
    });
  await ask("HeapProfiler.collectGarbage");
  const { usedSize } = usageSchema.parse(await ask("Runtime.getHeapUsage"));
  socket.close();
  return usedSize / 1_048_576;
}
