/** What the console's API turns away: what it cannot understand, links and buttons from elsewhere, strangers; and how open pages hear of a change. */
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { Unusable } from "../std/errors.ts";
import { openConsole } from "./console.ts";
import type { ConsoleSite } from "./console-site.fixtures.ts";
import { Problem } from "./shapes.ts";
import * as demonstrationShapes from "./shapes-demonstration.ts";

/** Registers them, on the site that is open when they run. */
export function doors(site: ConsoleSite): void {
  test("what cannot be understood is refused with a sentence", async () => {
    expect((await site.press("/questions/x/answer", { verdict: "maybe" })).status).toBe(400);
    expect((await site.press("/deliveries/x/settle", { booked: "" })).status).toBe(400);
    expect((await site.press("/deliveries/x/try-again", { other: 1 })).status).toBe(400);
    const missing = await fetch(new URL("/api/documents/order%2FSO-99", site.open.url));
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { title: "Not found", detail: "Nothing is known about order/SO-99." },
    ]);
    const nowhere = await fetch(new URL("/api/nothing", site.open.url));
    expect(nowhere.status).toBe(404);
    expect(Compile(Problem).Check(await nowhere.json())).toBe(true);
  });

  test.each([
    ["a rebound DNS name", { host: "evil.example" }],
    ["a rebound name with our port", { host: "127.0.0.1.evil.example:7070" }],
    ["a page of another site", { host: "127.0.0.1:7070", origin: "https://evil.example" }],
    ["a page on another local port", { host: "127.0.0.1:7070", origin: "http://127.0.0.1:9999" }],
    ["a sandboxed page", { host: "127.0.0.1:7070", origin: "null" }],
    ["a request the browser calls cross-site", { host: "127.0.0.1:7070", "sec-fetch-site": "cross-site" }],
    [
      "a navigation to the API from elsewhere",
      { host: "127.0.0.1:7070", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    ],
  ])("%s learns nothing", async (_, headers) => {
    const { status, text } = await site.forged(headers);
    expect(status).toBe(403);
    expect(text).not.toContain("order/");
  });

  test("a link from elsewhere may open a page, but not the API", async () => {
    const { status } = await site.forged(
      { host: `127.0.0.1:${site.open.port}`, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      "/",
    );
    expect(status).toBe(200);
  });

  test("a button needs the token of our own page, as JSON", async () => {
    expect((await site.press("/deliveries/x/try-again", {}, { "x-crossdock-token": "guess" })).status).toBe(
      403,
    );
    expect(
      (
        await site.press(
          "/deliveries/x/try-again",
          {},
          { "x-crossdock-token": "x".repeat(site.token.length) },
        )
      ).status,
    ).toBe(403);
    expect((await site.press("/deliveries/x/try-again", {}, { "content-type": "text/plain" })).status).toBe(
      403,
    );
    expect((await site.press("/deliveries/x/try-again", {}, { origin: "https://evil.example" })).status).toBe(
      403,
    );
    expect((await site.press("/deliveries/x/try-again", {})).status).toBe(409);
  });

  test("no answer lets a browser run or frame anything foreign", async () => {
    for (const path of ["/", "/api/home", "/documents", "/api/nothing"]) {
      const { headers } = await fetch(new URL(path, site.open.url));
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("open pages hear of a change within two seconds, with the documents it touched", async () => {
    const stop = new AbortController();
    const response = await fetch(new URL("/api/live", site.open.url), { signal: stop.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    const listening = (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        heard += value;
        if (/event: changed\ndata: .*order\/SO-77/.test(heard)) return;
      }
    })();
    await site.order(77);
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error(`Heard only: ${heard}`)), 5_000).unref(),
    );
    await Promise.race([listening, late]);
    expect(heard).toContain("event: beat");
    stop.abort();
  });

  test("the console does not listen where strangers can call, and says which port is taken", async () => {
    await expect(openConsole({ dock: site.dock, host: "0.0.0.0", port: 0 })).rejects.toThrow(Unusable);
    await expect(openConsole({ dock: site.dock, port: site.open.port })).rejects.toThrow(
      `The console cannot open: port ${site.open.port} is in use.`,
    );
  });

  test("without simulated systems there is no demonstration, and it says so", async () => {
    const answer = await site.read("/demonstration");
    expect(answer).toEqual({ available: false, stories: [], systems: [] });
    expect([...Compile(demonstrationShapes.Demonstration).Errors(answer)]).toEqual([]);
    expect((await site.press("/demonstration/stories/order", {})).status).toBe(404);
    expect((await site.press("/demonstration/systems/erp/faults", { fault: "down" })).status).toBe(404);
  });
}
