/**
 * The target of the benchmark: an HTTP server in a process of its own that takes documents and answers at once.
 *
 * It counts what it took, so that a contestant that skips work is noticed. Prints its port as one line of JSON.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

let taken = 0;
const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ taken }));
    return;
  }
  request.on("data", () => undefined);
  request.on("end", () => {
    taken += 1;
    response.writeHead(201, { "content-type": "application/json" });
    response.end(`{"number":"D-${taken}"}`);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })),
);
