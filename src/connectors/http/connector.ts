/**
 * HTTP with an idempotency key.
 *
 * For systems that honour `Idempotency-Key`, giving the first answer again when the same key returns, and that can be asked
 * what became of a key. The key is the delivery key and is never minted here: a new key on a retry would be a new
 * posting. A system that honours no key needs a connector with weaker guarantees, not a flag on this one.
 */
import Type from "typebox";
import { connector, type Parcel } from "../connector.ts";
import { problem } from "../dialects.ts";
import { pathFor, placeOf } from "../endpoints.ts";
import type { Read } from "../outcome.ts";
import { receipt, referenceIn, restLine, restSettings } from "../rest.ts";

export const http = connector({
  name: "http",
  summary: "Posts JSON under an idempotency key and returns the number the other side gave.",
  config: restSettings({
    outcomes: Type.Optional(
      Type.String({ description: "Where the outcome of a key is read: /outcomes, then /{key}." }),
    ),
    businessCodes: Type.Optional(
      Type.Array(Type.String(), {
        description: "Refusal codes that are the other side's rules, not our data.",
      }),
    ),
  }),
  guarantees: { repeat: "key", verifies: true, ordered: false, settleMs: 0, concurrency: 16 },

  async open(config, around) {
    const line = restLine(config, around, {
      connections: around.concurrency ?? http.guarantees.concurrency,
      dialect: problem(config.businessCodes),
    });
    const outcomes = (config.outcomes ?? "/outcomes").replace(/\/$/, "");

    // Not every posting creates a document: where the other side names none, our key is what both sides know it by.
    const taken = (parcel: Parcel, answer: Read) => {
      const place = placeOf(config.paths, parcel.contract, "paths");
      return receipt(referenceIn(answer, place, config) ?? parcel.key, answer.json);
    };

    return {
      async deliver(parcel) {
        const place = placeOf(config.paths, parcel.contract, "paths");
        const answer = await line.send(parcel, {
          method: place.method ?? "POST",
          path: pathFor(place.path, parcel),
          body: parcel.body,
          headers: { "idempotency-key": parcel.key },
        });
        return taken(parcel, answer);
      },
      async verify(parcel) {
        const answer = await line.look(parcel, `${outcomes}/${encodeURIComponent(parcel.key)}`);
        return answer === null ? null : taken(parcel, answer);
      },
      ask: line.ask,
      probe: line.probe,
      close: line.close,
    };
  },
});
