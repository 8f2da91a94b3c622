/**
 * Another Crossdock: a site with a database of its own, at the other end of a line that may be away for hours.
 *
 * What is owed to it is handed to its gateway under the delivery key, and its receipt is its commit. It never forgets what it
 * accepted from whom, so sending again is always safe, however long the line was away. What comes from it is pushed into our
 * own gateway, and so this session receives nothing. `otherSite` (flows/site.ts) writes the flows.
 */
import Type from "typebox";
import { connector } from "../connector.ts";
import { problem } from "../dialects.ts";
import { receipt, referenceIn, restLine } from "../rest.ts";

export const crossdock = connector({
  name: "crossdock",
  summary: "Tells another Crossdock, at another site, what happened here, each thing once.",
  config: Type.Object(
    {
      url: Type.String({ description: "Its gateway: https://centre.example.com." }),
      token: Type.String({ secret: true, description: "The key it made for us: clients create <as>." }),
      as: Type.String({ description: "What the other site calls this one: the name of its connection." }),
      timeoutMs: Type.Optional(
        Type.Integer({ minimum: 1, description: "All the time one call has, well below a lease: 8000." }),
      ),
    },
    { additionalProperties: false },
  ),
  guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 16 },

  async open({ as, ...config }, around) {
    const answerBytesMax = 100_000; // A receipt, or a problem.
    const settings = { ...config, paths: {}, reference: "receipt", probe: "/health/ready", answerBytesMax };
    const line = restLine(settings, around, {
      connections: around.concurrency ?? crossdock.guarantees.concurrency,
      dialect: problem(),
    });
    const path = `/v1/events/from-${encodeURIComponent(as)}`;
    return {
      async deliver(parcel) {
        const answer = await line.send(parcel, {
          method: "POST",
          path,
          body: parcel.body,
          headers: { "idempotency-key": parcel.key },
        });
        const place = { path, method: "POST", reference: "receipt" } as const;
        const none = { search: undefined, list: undefined, compare: undefined };
        return receipt(referenceIn(answer, { ...place, ...none }, settings) ?? parcel.key, answer.json);
      },
      probe: line.probe,
      close: line.close,
    };
  },
});
