import { describe, expect, it } from "vitest";
import { PACE, leastBytes, newPace, paceAfter } from "../../src/relay/pace.ts";

const EVENT_BYTES = 230;
const after = (events: number, everyMs: number) => {
  let pace = newPace(0);
  for (let count = 1; count <= events; count += 1) pace = paceAfter(pace, EVENT_BYTES, count * everyMs);
  return { pace, atMs: events * everyMs };
};

describe("bytes that a read waits for", () => {
  it.each([
    ["the first", 0, 10, 1],
    ["40 events a second, for long: one event", 1000, 25, EVENT_BYTES],
    ["a burst of three: one event more", 3, 0, 1.1 * EVENT_BYTES],
    ["200 events a second, for long: three, 15 ms", 1000, 5, 4 * EVENT_BYTES],
    ["everything at once: its bound", 1000, 0, PACE.bytesMax],
  ])("%s", (_name, events, everyMs, most) => {
    const least = leastBytes(after(events, everyMs).pace);
    expect(least).toBeLessThanOrEqual(most);
    expect(least).toBeGreaterThan(0.6 * most - 1);
  });

  it("a burst is forgotten with its first pause", () => {
    const { pace, atMs } = after(50, 0);
    expect(leastBytes(paceAfter(pace, EVENT_BYTES, atMs + 300))).toBeLessThanOrEqual(EVENT_BYTES);
  });
});
