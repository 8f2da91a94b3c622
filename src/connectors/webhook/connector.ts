/**
 * Webhooks a system pushes to us.
 *
 * The gateway takes the request, verifies its signature with `verifySignature` over the raw bytes, and hands the body to the dock as an
 * arrival of the connection that has these settings. So there is no line to open: this session only keeps the place, and
 * its secrets, under the connection's name.
 */
import Type from "typebox";
import { Unusable } from "../../std/errors.ts";
import { connector } from "../connector.ts";
import { secretBytes } from "./signature.ts";

export { type HeaderValues, signatureOf, type Verified, verifySignature } from "./signature.ts";

export const webhook = connector({
  name: "webhook",
  summary: "Takes webhooks signed by the Standard Webhooks scheme.",
  config: Type.Object(
    {
      secrets: Type.Array(Type.String(), {
        minItems: 1,
        maxItems: 2,
        secret: true,
        description: "whsec_… secrets: the one in use and, while rotating, the one before.",
      }),
    },
    { additionalProperties: false },
  ),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },

  async open({ secrets }, { signal }) {
    checkSecrets(secrets);
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    if (signal.aborted) close();
    signal.addEventListener("abort", () => close(), { once: true });
    return {
      /** Arrivals are pushed in by the gateway; this waits until the line is closed. */
      receive: () => closed,
      async probe() {
        checkSecrets(secrets);
      },
      async close() {
        close();
      },
    };
  },
});

function checkSecrets(secrets: readonly string[]): void {
  if (secrets.length >= 1 && secrets.every((secret) => secretBytes(secret) !== undefined)) return;
  throw new Unusable(
    "A webhook secret cannot be used: expected whsec_ and the base64 of 24 to 64 random bytes.",
    { facts: { setting: "secrets" } },
  );
}
