/** The simulated engine: slots, pace and counters, without a word of HTTP. */
import { targetSpeed } from "../../src/pricing/speed.ts";
import { simulatedTarget, type Clock, type SimulationOptions } from "./options.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Share by which one step's time varies, up and down. */
const JITTER = 0.05;

export type Totals = {
  promptTokens: number;
  promptSeconds: number;
  generatedTokens: number;
  generatedSeconds: number;
  /** Sum over steps of the slots that were busy. */
  busySlotSteps: number;
  largestSequenceTokens: number;
};

export type Work = {
  readonly promptTokens: number;
  readonly pieces: readonly string[];
  readonly signal: AbortSignal;
  /** Sends one token; it is counted once this returns. */
  readonly send: (piece: string, index: number) => Promise<void>;
};

/** What one running request holds in the cache. */
type Sequence = { tokens: number };

export type Outcome = "full" | "left" | "done";

export type Engine = {
  readonly slots: Slots;
  readonly totals: Totals;
  /** Tokens now held in the cache, all requests together. */
  heldTokens(): number;
  run(work: Work): Promise<Outcome>;
};

export type Chance = { readonly clock: Clock; readonly random: () => number };

const noTotals = (): Totals => ({
  promptTokens: 0,
  promptSeconds: 0,
  generatedTokens: 0,
  generatedSeconds: 0,
  busySlotSteps: 0,
  largestSequenceTokens: 0,
});

/** An idle engine. */
export function createEngine(options: SimulationOptions, { clock, random }: Chance): Engine {
  const target = simulatedTarget(options);
  const slots = createSlots(options.slots, options.queueMax);
  const totals = noTotals();
  const running = new Set<Sequence>();
  let prefilling = 0;

  const busyCount = () => slots.busy().filter(Boolean).length;
  const jittered = (seconds: number) => (seconds * (1 + JITTER * (2 * random() - 1))) / options.speed;

  const prefill = async ({ promptTokens, signal }: Work) => {
    prefilling += 1;
    // Requests that read their prompts at once share the arithmetic.
    const perSecond = targetSpeed(target, busyCount(), promptTokens).prefillTokensPerSecond / prefilling;
    const seconds = jittered(promptTokens / perSecond);
    await clock.sleep(seconds * 1000, signal);
    prefilling -= 1;
    totals.promptTokens += promptTokens;
    totals.promptSeconds += seconds;
  };

  const decode = async ({ promptTokens, pieces, signal, send }: Work, sequence: Sequence) => {
    // Each token is due a step after the last was due, not after it was sent: late timers do not slow the pace.
    let dueMs = clock.nowMs();
    for (const [index, piece] of pieces.entries()) {
      const busy = busyCount();
      const sequenceTokens = promptTokens + index + 1;
      const seconds = jittered(1 / targetSpeed(target, busy, sequenceTokens).decodeTokensPerSecond);
      dueMs += seconds * 1000;
      await clock.sleep(dueMs - clock.nowMs(), signal);
      if (signal.aborted) return;
      await send(piece, index);
      sequence.tokens += 1;
      totals.generatedTokens += 1;
      totals.generatedSeconds += seconds;
      totals.busySlotSteps += busy;
      totals.largestSequenceTokens = Math.max(totals.largestSequenceTokens, sequenceTokens);
    }
  };

  const runInSlot = async (work: Work): Promise<Outcome> => {
    const sequence: Sequence = { tokens: work.promptTokens };
    running.add(sequence);
    try {
      await prefill(work);
      if (!work.signal.aborted) await decode(work, sequence);
    } finally {
      running.delete(sequence);
    }
    return work.signal.aborted ? "left" : "done";
  };

  return {
    slots,
    totals,
    heldTokens: () => [...running].reduce((sum, sequence) => sum + sequence.tokens, 0),
    run: async (work) => {
      const slot = await slots.acquire(work.signal);
      if (slot === "full" || slot === "left") return slot;
      try {
        return await runInSlot(work);
      } finally {
        slots.release(slot);
      }
    },
  };
}
