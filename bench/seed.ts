/** Three pools like those of `npm start`, all at the bench's upstream. */
const pool = (id: string, kind: string, model: string, price: object, port: number) => ({
  id,
  kind,
  hardware: { id: id === "altra" ? "altra-q80" : id },
  backends: [{ id: "a", url: `http://127.0.0.1:${port}/v1`, slots: 1000 }],
  models: [
    { id: model, contextTokens: 131_072, quantization: "q8_0", capabilities: ["tools", "json_schema"] },
  ],
  price,
});

export async function seed(routerPort: number, upstreamPort: number, token: string): Promise<void> {
  const hourly = (usdPerHour: number, accounting: string) => ({ basis: "hourly", usdPerHour, accounting });
  const document = {
    pools: [
      pool("altra", "cpu", "llama-3.2-3b-instruct", hourly(0.416, "marginal"), upstreamPort),
      pool("l4", "gpu", "llama-3.1-8b-instruct", hourly(0.71, "amortised"), upstreamPort),
      pool("h100", "gpu", "llama-3.1-70b-instruct", hourly(6.88, "amortised"), upstreamPort),
    ],
    policy: { baselineTarget: "h100/llama-3.1-70b-instruct" },
  };
  const answer = await fetch(`http://127.0.0.1:${routerPort}/admin/v1/registry`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "if-match": "*", "content-type": "application/json" },
    body: JSON.stringify(document),
  });
  if (answer.status !== 200) throw new Error(`the registry was refused: ${await answer.text()}`);
}
