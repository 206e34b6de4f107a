/** Every path of the admin plane and its method; the documentation's test reads it. */
export const ADMIN_ROUTES = [
  ["GET", "/admin/v1/registry"],
  ["PUT", "/admin/v1/registry"],
  ["GET", "/admin/v1/registry/versions"],
  ["POST", "/admin/v1/registry/rollback"],
  ["GET", "/admin/v1/pools"],
  ["POST", "/admin/v1/pools"],
  ["GET", "/admin/v1/pools/{id}"],
  ["PUT", "/admin/v1/pools/{id}"],
  ["PATCH", "/admin/v1/pools/{id}"],
  ["DELETE", "/admin/v1/pools/{id}"],
  ["POST", "/admin/v1/pools/{id}/drain"],
  ["POST", "/admin/v1/pools/{id}/undrain"],
  ["POST", "/admin/v1/route"],
  ["GET", "/admin/v1/decisions"],
  ["GET", "/admin/v1/decisions/{id}"],
  ["GET", "/admin/v1/stats"],
] as const;
