/**
 * REST with upsert: a document is written under an id of ours, so writing it again changes nothing.
 *
 * For systems with external ids, in the manner of Salesforce (PATCH by external id field) or NetSuite (PUT by `eid:`). The
 * path names the id: `{key}` for documents that are written once, a field of the body for documents that
 * are kept up to date. Always the whole document is sent. The receipt is the target's own number; where an
 * answer does not repeat it, it is read back, so every sending ends in the same receipt.
 */
import Type from "typebox";
import { InDoubt } from "../../std/errors.ts";
import { firstUnequal, textIn } from "../answer.ts";
import { connector, type Parcel, type Receipt } from "../connector.ts";
import { dialects } from "../dialects.ts";
import { bodyOf, pathFor, placeOf } from "../endpoints.ts";
import type { Read } from "../outcome.ts";
import { aboutOf, factsOf, receipt, referenceIn, restLine, restSettings } from "../rest.ts";

export const restUpsert = connector({
  name: "rest-upsert",
  summary: "Writes a document under our id; writing it again changes nothing.",
  config: restSettings({
    dialect: Type.Optional(
      Type.Union([Type.Literal("plain"), Type.Literal("salesforce"), Type.Literal("netsuite")], {
        description: "How the target words refusals: plain.",
      }),
    ),
  }),
  guarantees: { repeat: "upsert", verifies: true, ordered: false, settleMs: 0, concurrency: 8 },

  async open(config, around) {
    const dialect = config.dialect ?? "plain";
    const line = restLine(config, around, {
      connections: around.concurrency ?? restUpsert.guarantees.concurrency,
      dialect: dialects[dialect],
    });
    const usualMethod = dialect === "salesforce" ? "PATCH" : "PUT";
    const target = (parcel: Parcel) => {
      const place = placeOf(config.paths, parcel.contract, "paths");
      return { place, path: pathFor(place.path, parcel) };
    };
    const numberIn = (parcel: Parcel, answer: Read): string | undefined =>
      referenceIn(answer, target(parcel).place, config) ?? textIn(answer.json, "Id");

    const readBack = async (parcel: Parcel): Promise<Read> => {
      const known = await line.look(parcel, target(parcel).path).catch((cause: unknown) => {
        throw unread(parcel, cause);
      });
      if (known === null) throw unread(parcel);
      return known;
    };

    return {
      async deliver(parcel): Promise<Receipt> {
        const { place, path } = target(parcel);
        const answer = await line.send(parcel, {
          method: place.method ?? usualMethod,
          path,
          body: parcel.body,
        });
        const told = numberIn(parcel, answer);
        if (told !== undefined) return receipt(told, answer.json);
        const known = await readBack(parcel);
        return receipt(numberIn(parcel, known) ?? parcel.key, known.json);
      },
      // Another content under our id is an older or newer state of the document: ours is not there, and sending it is safe.
      async verify(parcel) {
        const known = await line.look(parcel, target(parcel).path);
        const { compare } = target(parcel).place;
        if (known === null || firstUnequal(bodyOf(parcel), known.json, compare) !== undefined) return null;
        return receipt(numberIn(parcel, known) ?? parcel.key, known.json);
      },
      ask: line.ask,
      probe: line.probe,
      close: line.close,
    };
  },
});

const unread = (parcel: Parcel, cause?: unknown): InDoubt =>
  new InDoubt(`${aboutOf(parcel)} was taken, but its number could not be read back.`, {
    facts: factsOf(parcel),
    cause,
  });
