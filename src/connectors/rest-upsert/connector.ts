/**
 * REST with upsert: a document is written under an id of ours, so writing it again changes nothing.
 *
 * For systems with external ids, in the manner of Salesforce (PATCH by external id field) or NetSuite (PUT by `eid:`). The
 * path names the id: `{key}` for documents that are written once, a field of the body for documents that
 * are kept up to date. Always the whole document is sent. The receipt is the target's own number; where an
 * answer does not repeat it, it is read back, so every sending ends in the same receipt.
 */
import Type from "typebox";
import { InDoubt, Unavailable } from "../../std/errors.ts";
import { firstUnequal, textIn } from "../answer.ts";
import { connector, type Parcel, type Receipt } from "../connector.ts";
import { DialectName, dialectOf } from "../dialects.ts";
import { bodyOf, pathFor, placeOf } from "../endpoints.ts";
import type { Dialect, Read } from "../outcome.ts";
import { aboutOf, factsOf, receipt, referenceIn, restLine, restSettings } from "../rest.ts";

export const restUpsert = connector({
  name: "rest-upsert",
  summary: "Writes a document under our id; writing it again changes nothing.",
  config: restSettings({
    dialect: Type.Optional(DialectName),
    guarded: Type.Optional(
      Type.Boolean({
        description:
          "Write only over what was read before, by its ETag; nothing is written that stands there already: false.",
      }),
    ),
    businessCodes: Type.Optional(
      Type.Array(Type.String(), { description: "Refusal codes that are the target's rules, not our data." }),
    ),
  }),
  guarantees: { repeat: "upsert", verifies: true, ordered: false, settleMs: 0, concurrency: 8 },

  async open(config, around) {
    const dialect = config.dialect ?? "plain";
    const line = restLine(config, around, {
      connections: around.concurrency ?? restUpsert.guarantees.concurrency,
      dialect: config.guarded
        ? movedOn(dialectOf(dialect, config.businessCodes))
        : dialectOf(dialect, config.businessCodes),
    });
    const { method: usualMethod, headers: usualHeaders } = WRITING[dialect];
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

    /** What stands there under our id, and what a write must say to hit exactly that. */
    const standing = async (
      parcel: Parcel,
    ): Promise<{ receipt?: Receipt; headers?: Readonly<Record<string, string>> }> => {
      const { place, path } = target(parcel);
      const known = await line.look(parcel, path);
      if (known === null) return { headers: { "if-none-match": "*" } };
      const ours = firstUnequal(bodyOf(parcel), known.json, place.compare) === undefined;
      if (ours) return { receipt: receipt(numberIn(parcel, known) ?? parcel.key, known.json) };
      const tag = String(known.headers.etag ?? (known.json as Record<string, unknown>)["@odata.etag"] ?? "");
      if (tag !== "") return { headers: { "if-match": tag } };
      throw new Unavailable(`${aboutOf(parcel)} was read without an ETag, so it cannot be written safely.`, {
        facts: factsOf(parcel),
      });
    };

    return {
      async deliver(parcel): Promise<Receipt> {
        const { place, path } = target(parcel);
        const before = config.guarded ? await standing(parcel) : undefined;
        if (before?.receipt) return before.receipt;
        const answer = await line.send(parcel, {
          method: place.method ?? usualMethod,
          path,
          body: parcel.body,
          headers: { ...usualHeaders, ...before?.headers },
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

/** How each product is written to by our id. */
const WRITING: Readonly<
  Record<DialectName, { method: "PATCH" | "PUT"; headers?: Readonly<Record<string, string>> }>
> = {
  plain: { method: "PUT" },
  salesforce: { method: "PATCH" },
  netsuite: { method: "PUT" },
  dynamics: { method: "PATCH", headers: { prefer: "return=representation" } },
  oracle: { method: "PUT" },
};

/** 412 says that somebody has changed the document since we read it: nothing was written, and it is read again. */
const movedOn =
  (dialect: Dialect): Dialect =>
  (answer) =>
    answer.status === 412 ? { as: "busy", code: "changed-meanwhile" } : dialect(answer);

const unread = (parcel: Parcel, cause?: unknown): InDoubt =>
  new InDoubt(`${aboutOf(parcel)} was taken, but its number could not be read back.`, {
    facts: factsOf(parcel),
    cause,
  });
