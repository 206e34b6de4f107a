/** Money inside is an integer number of nano-USD (1e-9 USD): sums are exact, no unit is guessed. */
export type NanoUsd = number;

const NANO_PER_USD = 1e9;

/** USD (any finite float) to integer nano-USD, rounded half up. */
export const usdToNano = (usd: number): NanoUsd => Math.round(usd * NANO_PER_USD);

/** Integer nano-USD to USD. */
export const nanoToUsd = (nanoUsd: NanoUsd): number => nanoUsd / NANO_PER_USD;

/** USD as plain decimals, never in exponent form: what stands in a header. */
export const formatUsd = (nanoUsd: NanoUsd): string => nanoToUsd(nanoUsd).toFixed(9);
