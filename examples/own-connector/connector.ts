/**
 * A connector for "Lumen", an imaginary service that prints labels: the one the tutorial in docs/start builds.
 *
 * Lumen takes a label under a name we choose and gives it a number. The same name again is the same label, so our delivery key is that
 * name, and sending twice prints once.
 */
// cut: what it needs
import { connector, InDoubt, inTime, type Parcel, Refused, Unavailable } from "crossdock";
import Type from "typebox";

// end

// cut: in time
/** The body of a parcel, drawn when the line is open: by then it may be too late to send it. */
const bodyOf = (parcel: Parcel) =>
  new ReadableStream<Uint8Array>(
    {
      pull(line) {
        inTime(parcel);
        line.enqueue(parcel.body);
        line.close();
      },
    },
    { highWaterMark: 0 },
  );
// end

// cut: errors
/** A call that ends in Lumen's answer, or in the error that says what happens next. */
async function call(
  url: string,
  token: string,
  options: RequestInit,
): Promise<{ status: number; body: unknown }> {
  let response: Response;
  let text: string;
  try {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const calling: RequestInit & { duplex: "half" } = {
      ...options,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
      duplex: "half",
    };
    response = await fetch(url, calling);
    text = await response.text();
  } catch (cause) {
    if (cause instanceof Error && cause.cause instanceof Unavailable) throw cause.cause;
    const { code } = ((cause as Error).cause ?? {}) as { code?: string };
    // Nobody opened the door: not a byte of it arrived. Anything else, and it may have been printed.
    if (code === "ECONNREFUSED" || code === "ENOTFOUND") throw new Unavailable("Lumen cannot be reached.");
    throw new InDoubt("Lumen did not answer.");
  }
  const { status } = response;
  if (status === 401 || status === 403)
    throw new Unavailable("Lumen refuses our token.", { facts: { access: true } });
  if (status === 429 || status === 503) {
    const seconds = Number(response.headers.get("retry-after") ?? 1);
    throw new Unavailable("Lumen is busy.", { retryAfterMs: seconds * 1_000 });
  }
  if (status >= 400 && status < 500 && status !== 404)
    throw new Refused(`Lumen refused the label (${status}).`);
  if (text.length > 100_000) throw new InDoubt("Lumen answered more than a label has.");
  try {
    if (status === 200 || status === 201 || status === 404)
      return { status, body: text ? JSON.parse(text) : null };
  } catch {
    // Told below: an answer nobody can read proves nothing.
  }
  throw new InDoubt(`Lumen's answer (${status}) cannot be read.`);
}
// end

// cut: connector
export const lumen = connector({
  name: "lumen",
  summary: "Prints labels; the same label sent again is not printed again.",
  config: Type.Object({
    url: Type.String(),
    token: Type.String({ secret: true }),
  }),
  guarantees: { repeat: "key", verifies: true, ordered: false, settleMs: 0, concurrency: 4 },

  async open({ url, token }) {
    const label = (key: string) => `${url}/labels/${encodeURIComponent(key)}`;
    const receipt = (body: unknown) => {
      const { number } = (body ?? {}) as { number?: string };
      if (!number) throw new InDoubt("Lumen's answer names no label.");
      return { reference: number, answer: body };
    };
    return {
      async deliver(parcel) {
        const { status, body: said } = await call(label(parcel.key), token, {
          method: "PUT",
          body: bodyOf(parcel),
        });
        if (status === 404) throw new Refused("Lumen has no such printer.");
        return receipt(said);
      },
      async verify({ key }) {
        const { status, body } = await call(label(key), token, { method: "GET" });
        return status === 404 ? null : receipt(body);
      },
      async probe() {
        await call(`${url}/labels/probe`, token, { method: "GET" });
      },
      async close() {},
    };
  },
});
// end
