/** An engine's slots and the bounded queue before them, first come first served. */

export type Slots = {
  /** Waits for a slot. "full" when the queue is, "left" when the client went while waiting. */
  acquire(signal: AbortSignal): Promise<number | "full" | "left">;
  release(slot: number): void;
  busy(): readonly boolean[];
  queued(): number;
};

/** Slots that are all free and a queue that is empty. */
export function createSlots(count: number, queueMax: number): Slots {
  const busy = Array.from({ length: count }, () => false);
  const waiting: ((slot: number) => void)[] = [];

  const wait = (signal: AbortSignal) =>
    new Promise<number | "left">((resolve) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(take), 1);
        resolve("left");
      };
      const take = (slot: number) => {
        signal.removeEventListener("abort", leave);
        resolve(slot);
      };
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(take);
    });

  return {
    acquire: async (signal) => {
      if (signal.aborted) return "left";
      const free = busy.indexOf(false);
      if (free >= 0) {
        busy[free] = true;
        return free;
      }
      return waiting.length >= queueMax ? "full" : wait(signal);
    },
    release: (slot) => {
      const next = waiting.shift();
      // A slot that is handed on stays busy, so that nobody who comes between can overtake the queue.
      if (next === undefined) busy[slot] = false;
      else next(slot);
    },
    busy: () => busy,
    queued: () => waiting.length,
  };
}
