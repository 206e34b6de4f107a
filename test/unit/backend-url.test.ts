import { describe, expect, it } from "vitest";
import { backendUrlProblem } from "../../src/registry/url.ts";

const strict = { allowInsecureLoopback: false, ownHosts: [] };
const local = { ...strict, allowInsecureLoopback: true };

describe("names that resolve to any address, the name itself as what is under it", () => {
  it.each([
    "https://localtest.me/v1",
    "https://lvh.me/v1",
    "https://LVH.me./v1",
    "https://a.lvh.me",
    "https://nip.io",
    "https://sslip.io",
  ])("%s", (url) => {
    expect([backendUrlProblem(url, strict), backendUrlProblem(url, local)]).toEqual(
      Array.from({ length: 2 }, () => "must not be a name that resolves to any address"),
    );
  });
  it.each(["https://home.arpa", "https://router.home.arpa..", "https://x.local."])("private: %s", (url) => {
    expect(backendUrlProblem(url, strict)).toBe("must not be a private name");
  });
  it.each(["https://notlvh.me", "https://lvh.me.example.net", "https://mylocal/v1.example.net"])(
    "%s is another name",
    (url) => {
      expect(backendUrlProblem(url, strict)).not.toBe("must not be a name that resolves to any address");
    },
  );
});

describe("who asks", () => {
  it.each([
    "https://@h.example.net",
    "https://:@h.example.net",
    "https:@h.example.net",
    "https:\\\\@h.example.net",
    "https:///@h.example.net",
    "https://u@h.example.net",
    "https://u:p@h.example.net",
  ])("%s carries a user", (url) => {
    expect(backendUrlProblem(url, strict)).toMatch(/must not carry a user name/);
  });
  it("an @ in a path is none", () => {
    expect(backendUrlProblem("https://h.example.net/@v1", strict)).toBeNull();
  });
});

it.each([
  " https://h.example.net",
  "https://h.example.net ",
  "https://h.example.net/a b",
  "https://h.exa\nmple.net",
  "https://h.example.net/\t",
  "\u0001https://h.example.net",
  "https://h.example.net/\u00a0",
])("%j has what a URL does not have", (url) => {
  expect(backendUrlProblem(url, strict)).toBe("must not have spaces or control characters");
});

describe("addresses of the local network", () => {
  it.each([
    "http://10.0.0.1",
    "http://10.255.255.254:8000/v1",
    "http://172.16.0.9:11434/v1",
    "http://172.31.0.9/v1",
    "http://192.168.1.20:8000/v1",
    "https://192.168.1.20/v1",
    "http://3232235796:8000/v1",
    "http://192.168.276/v1",
    "http://192.168.1.20.:8000/v1",
  ])("%s on a developer's machine only", (url) => {
    expect([backendUrlProblem(url, local), backendUrlProblem(url, strict)]).toEqual([
      null,
      "must not point at loopback or a private address (ALLOW_INSECURE_LOOPBACK is not true)",
    ]);
  });
  it("ftp to one is refused", () => {
    expect(backendUrlProblem("ftp://192.168.1.20/v1", local)).toBe("must be http or https");
  });
  it.each([
    "http://169.254.169.254/latest",
    "https://169.254.169.254/latest",
    "http://0.0.0.0:8000",
    "http://8.8.8.8/v1",
    "http://172.32.0.1/v1",
    "http://172.15.0.1/v1",
    "http://192.169.0.1/v1",
    "http://100.64.0.1/v1",
    "http://[fe80::1]/v1",
    "http://[::ffff:192.168.1.20]/v1",
    "http://192.168.1.20.nip.io/v1",
    "http://printer.local/v1",
    "http://h.example.net/v1",
  ])("%s is refused there too", (url) => {
    expect(backendUrlProblem(url, local)).toEqual(expect.any(String));
  });
});
