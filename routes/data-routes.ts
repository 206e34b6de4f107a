/** Every path of the data plane and its method; the documentation's test reads it. */
export const DATA_ROUTES = [
  ["POST", "/v1/chat/completions"],
  ["GET", "/v1/models"],
  ["GET", "/v1/models/{id}"],
  ["GET", "/healthz"],
] as const;
