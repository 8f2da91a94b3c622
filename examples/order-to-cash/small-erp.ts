/**
 * The other side of this example: an ERP with an HTTP door, which honours idempotency keys and can be told to lose an answer.
 *
 * It is a real server on a real port, because nothing about delivery can be learnt from a stand-in that cannot hang up.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SmallErp {
  readonly url: string;
  /** Its books: every order it booked, in order. */
  readonly books: readonly { readonly number: string; readonly orderId: string }[];
  /** Books the next order and hangs up without a word. */
  loseNextAnswer(): void;
  close(): void;
}

export async function smallErp(): Promise<SmallErp> {
  const books: { number: string; orderId: string }[] = [];
  const answers = new Map<string, { number: string }>();
  let losing = false;
  const server = createServer(async (request, response) => {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { method, url = "/" } = request;
    if (method === "GET") {
      const known = answers.get(decodeURIComponent(url.replace("/outcomes/", "")));
      return known || url === "/health" ? reply(200, known ?? {}) : reply(404, {});
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    const { orderId } = JSON.parse(text) as { orderId: string };
    const key = String(request.headers["idempotency-key"]);
    const answer = answers.get(key) ?? { number: String(4_500_001 + books.length) };
    if (!answers.has(key)) books.push({ ...answer, orderId });
    answers.set(key, answer);
    if (!losing) return reply(201, answer);
    losing = false;
    request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    books,
    loseNextAnswer: () => {
      losing = true;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
