/**
 * Hardware and model facts for the roofline estimate (public datasheets; one row a device or model).
 * Memory bandwidth in GB/s, dense compute in TFLOPS, memory in GB, parameters in billions.
 */

export type Hardware = {
  readonly kind: "cpu" | "gpu" | "tpu" | "asic" | "apple";
  readonly memoryGb: number;
  readonly bandwidthGBps: number;
  readonly fp16Tflops: number;
  readonly int8Tops: number;
};

const row = (
  kind: Hardware["kind"],
  memoryGb: number,
  bandwidthGBps: number,
  tflops: readonly [fp16: number, int8: number],
): Hardware => ({ kind, memoryGb, bandwidthGBps, fp16Tflops: tflops[0], int8Tops: tflops[1] });

export const HARDWARE: Readonly<Record<string, Hardware>> = {
  t4: row("gpu", 16, 320, [65, 130]),
  v100: row("gpu", 16, 900, [125, 62]),
  a10: row("gpu", 24, 600, [125, 250]),
  a10g: row("gpu", 24, 600, [70, 140]),
  l4: row("gpu", 24, 300, [121, 242]),
  l40: row("gpu", 48, 864, [181, 362]),
  l40s: row("gpu", 48, 864, [362, 733]),
  "a100-40": row("gpu", 40, 1555, [312, 624]),
  "a100-80": row("gpu", 80, 2039, [312, 624]),
  "a100-80-pcie": row("gpu", 80, 1940, [312, 624]),
  h100: row("gpu", 80, 3350, [989, 1979]),
  "h100-pcie": row("gpu", 80, 2000, [756, 1513]),
  "h100-nvl": row("gpu", 94, 3900, [835, 1671]),
  h200: row("gpu", 141, 4800, [989, 1979]),
  gh200: row("gpu", 96, 4000, [989, 1979]),
  b200: row("gpu", 180, 8000, [2250, 4500]),
  rtx4090: row("gpu", 24, 1008, [165, 330]),
  rtx6000ada: row("gpu", 48, 960, [364, 728]),
  a40: row("gpu", 48, 696, [149.7, 299.3]),
  mi250: row("gpu", 128, 3280, [362, 362]),
  mi300a: row("gpu", 128, 5300, [981, 1961]),
  mi300x: row("gpu", 192, 5300, [1307, 2615]),
  mi325x: row("gpu", 256, 6000, [1300, 2610]),
  mi355x: row("gpu", 288, 8000, [2500, 5000]),
  gaudi3: row("asic", 128, 3700, [1677, 1677]),
  gaudi2: row("asic", 96, 2460, [432, 865]),
  "tpu-v5e": row("tpu", 16, 819, [197, 393]),
  "tpu-v5p": row("tpu", 95, 2765, [459, 918]),
  "tpu-v6e": row("tpu", 32, 1638, [918, 1836]),
  "tpu-v7x": row("tpu", 192, 7370, [2307, 4614]),
  inf2: row("asic", 32, 820, [190, 380]),
  trn1: row("asic", 32, 820, [190, 380]),
  trn2: row("asic", 96, 2900, [667, 1299]),
  "altra-q80": row("cpu", 0, 204.8, [7.7, 15.4]),
  "altra-max": row("cpu", 0, 204.8, [12.3, 24.6]),
  ampereone: row("cpu", 0, 332.8, [19.7, 78.6]),
  "ampereone-m": row("cpu", 0, 537.6, [19.7, 78.6]),
  graviton3: row("cpu", 0, 307.2, [21.3, 42.6]),
  graviton4: row("cpu", 0, 537.6, [34.4, 68.8]),
  "epyc-genoa": row("cpu", 0, 460.8, [14.7, 29.5]),
  "epyc-turin": row("cpu", 0, 576, [44.2, 88.5]),
  "xeon-spr": row("cpu", 0, 307.2, [114.7, 229.4]),
  "xeon-emr": row("cpu", 0, 358.4, [124.5, 249]),
  "xeon-gnr": row("cpu", 0, 844.8, [262, 524]),
  m1max: row("apple", 64, 400, [10.4, 10.4]),
  m2ultra: row("apple", 192, 800, [27.2, 27.2]),
  m3max: row("apple", 64, 400, [14.2, 14.2]),
  m3ultra: row("apple", 512, 819, [28.4, 28.4]),
  m4max: row("apple", 128, 546, [34, 68]),
  "dgx-h100": row("gpu", 640, 26800, [7912, 15832]),
};
