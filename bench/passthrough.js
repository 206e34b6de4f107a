/** The least that a gateway can do: the yardstick of the bench. */
export default {
  fetch: (request, env) => {
    const { pathname } = new URL(request.url);
    return fetch(env.UPSTREAM + pathname, request);
  },
};
