/**
 * Serves the built web application: files with a hash in their name for ever, the page itself always fresh.
 *
 * Every path that is no file and not the API is the application's own; it finds its page by itself.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Crossdock</title>
<body><main><h1>The console is not built yet</h1><p>Run <code>npm run build</code>, then reload this page. Orders do not wait for
it: <code>xd status</code> shows the same.</p></main></body></html>`;

/** Beside this build: dist/src/console → dist/console; from the sources: src/console → dist/console. */
const builtFolder = (): string =>
  fileURLToPath(
    new URL(import.meta.url.endsWith(".ts") ? "../../dist/console" : "../../console", import.meta.url),
  );

export async function webApplication(app: FastifyInstance, folder = builtFolder()): Promise<void> {
  const page = join(folder, "index.html");
  if (existsSync(page)) {
    // Only what has a name is a file; every other path, the root among them, is the application's.
    await app.register(fastifyStatic, {
      root: join(folder, "assets"),
      prefix: "/assets/",
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply) => void reply.header("cache-control", "public, max-age=31536000, immutable"),
    });
    app.get("/icon.svg", (_request, reply) =>
      reply
        .header("cache-control", "public, max-age=3600")
        .type("image/svg+xml")
        .send(readFileSync(join(folder, "icon.svg"))),
    );
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.method === "GET" || request.method === "HEAD") && !request.url.startsWith("/api");
    if (!isPage || /\.[a-z0-9]+$/i.test(request.url.split("?")[0] ?? "")) {
      return reply.code(404).send({ title: "Not found", detail: `There is nothing at ${request.url}.` });
    }
    // Read each time: a rebuild while the console runs names new files.
    const html = existsSync(page) ? readFileSync(page, "utf8") : NOT_BUILT;
    return reply.header("cache-control", "no-cache").type("text/html; charset=utf-8").send(html);
  });
}
