/**
 * The least that a gateway can do which says ten headers of its own and meters: both bodies through JavaScript, one
 * field changed in each; a stream read and written chunk by chunk. No key, no registry, no prices, no log.
 */
const SAID = {
  "x-least-a": "00000000-0000-0000-0000-000000000000",
  "x-least-b": "altra",
  "x-least-c": "llama-3.2-3b-instruct",
  "x-least-d": "a",
  "x-least-e": "classification",
  "x-least-f": "cheapest_capable",
  "x-least-g": "1",
  "x-least-h": "0.000000494",
  "x-least-i": "1; age=12",
  "x-least-j": "0",
};

async function pass(readable, writable) {
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return writer.close();
    await writer.write(value);
  }
}

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const asked = JSON.parse(await request.text());
    const answer = await fetch(env.UPSTREAM + pathname, {
      method: "POST",
      headers: { "content-type": "application/json", "accept-encoding": "identity", "user-agent": "least" },
      body: JSON.stringify({ ...asked, model: "bench" }),
    });
    const type = answer.headers.get("content-type");
    if (asked.stream === true) {
      const { readable, writable } = new IdentityTransformStream();
      ctx.waitUntil(pass(answer.body, writable));
      return new Response(readable, { headers: { "content-type": type, ...SAID } });
    }
    const told = JSON.parse(await answer.text());
    return Response.json({ ...told, usage: { ...told.usage, cost: 0 } }, { headers: SAID });
  },
};
