/** Real upstreams for the tests in workerd: two simulated pools on loopback, a thousand times as fast as their hardware. */
import type { TestProject } from "vitest/node";
import { startSimulatedPool } from "../../scripts/simulated-pool.ts";

declare module "vitest" {
  interface ProvidedContext {
    cpuUrl: string;
    gpuUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cpu = await startSimulatedPool({
    engine: "llama.cpp",
    hardware: "altra-q80",
    count: 0.4,
    model: "llama-3.2-3b-instruct",
    quantization: "q8_0",
    slots: 64,
    speed: 1000,
  });
  const gpu = await startSimulatedPool({
    engine: "vllm",
    hardware: "h100",
    model: "llama-3.1-70b-instruct",
    quantization: "fp8",
    slots: 64,
    speed: 1000,
  });
  project.provide("cpuUrl", cpu.url);
  project.provide("gpuUrl", gpu.url);
  return async () => {
    await Promise.all([cpu.close(), gpu.close()]);
  };
}
