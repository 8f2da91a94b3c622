/**
 * The target of the benchmark: an HTTP/1.1 server in a process of its own that takes documents and answers at once.
 *
 * It shares two cores with whoever is measured, so it costs as little as such a server can: it reads each request's head and
 * passes over its body, on the bare socket, and answers all that one read brought with one write. It counts what it took, so
 * that a contestant that skips work is noticed. Prints its port as one line of JSON.
 */
import { type AddressInfo, createServer } from "node:net";

let taken = 0;

const answer = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

const server = createServer({ noDelay: true }, (socket) => {
  // Latin-1 keeps one character a byte, so lengths in bytes are lengths of the string.
  socket.setEncoding("latin1");
  let unread = "";
  socket.on("data", (chunk: string) => {
    unread = unread === "" ? chunk : unread + chunk;
    let answers = "";
    for (;;) {
      const end = unread.indexOf("\r\n\r\n");
      if (end < 0) break;
      const head = unread.slice(0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (unread.length < end + 4 + length) break;
      unread = unread.slice(end + 4 + length);
      answers += head.startsWith("GET ")
        ? answer("200 OK", JSON.stringify({ taken }))
        : answer("201 Created", `{"number":"D-${++taken}"}`);
    }
    if (answers !== "") socket.write(answers);
  });
  // A contestant that ends in the middle of a call resets its socket; that is its own affair.
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })),
);
