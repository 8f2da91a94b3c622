/**
 * REST that can be searched: a posting carries our reference, and the target would book it again if it came twice.
 *
 * For warehouse-like systems that keep our reference but do not hold it unique. Nothing here sends twice: after doubt the
 * runtime waits until the target must have acted (`settleMs`), searches, and only then may send again. One hit equal to what we
 * sent is a receipt; a different one is a conflict; several are duplicates that somebody has to reverse.
 */
import Type from "typebox";
import { Unavailable } from "../../std/errors.ts";
import { milliseconds, type Span } from "../../std/span.ts";
import { firstUnequal } from "../answer.ts";
import { connector, type Parcel, type Receipt, type Surroundings } from "../connector.ts";
import { DialectName, dialectOf } from "../dialects.ts";
import { bodyOf, pathFor, placeOf, withReference } from "../endpoints.ts";
import {
  aboutOf,
  conflict,
  duplicates,
  factsOf,
  receipt,
  referenceIn,
  restLine,
  restSettings,
} from "../rest.ts";

const Settings = restSettings({
  referenceField: Type.Optional(
    Type.String({
      description: "The field our reference is written in, and the query that finds it: reference.",
    }),
  ),
  itemsField: Type.Optional(Type.String({ description: "The list in a search answer: items." })),
  search: Type.Optional(
    Type.String({
      description:
        "The query that finds our reference: {field}={reference}; q={field}='{reference}' for Oracle.",
    }),
  ),
  dialect: Type.Optional(DialectName),
  businessCodes: Type.Optional(
    Type.Array(Type.String(), { description: "Refusal codes that are the target's rules, not our data." }),
  ),
});

/**
 * The same connector for a target that promises to act within `span` after a posting, or never.
 *
 * The span is the target's promise, not a wish: too short a span can post twice.
 *
 * @example settlingWithin("2s")
 */
export const settlingWithin = (span: Span) =>
  connector({
    name: "rest-searchable",
    summary: "Posts with our reference, which can be searched for but is not unique.",
    config: Settings,
    guarantees: {
      repeat: "searchable",
      verifies: true,
      ordered: false,
      settleMs: milliseconds(span),
      concurrency: CONCURRENCY,
    },

    async open(config, around: Surroundings) {
      const line = restLine(config, around, {
        connections: CONCURRENCY,
        dialect: dialectOf(config.dialect ?? "plain", config.businessCodes),
      });
      const field = config.referenceField ?? "reference";
      const items = config.itemsField ?? "items";
      const target = (parcel: Parcel) => {
        const place = placeOf(config.paths, parcel.contract, "paths");
        return { place, path: pathFor(place.path, parcel) };
      };

      return {
        async deliver(parcel): Promise<Receipt> {
          const { place, path } = target(parcel);
          const answer = await line.send(parcel, {
            method: place.method ?? "POST",
            path,
            body: withReference(parcel, field).text,
          });
          return receipt(referenceIn(answer, place, config) ?? parcel.key, answer.json);
        },
        async verify(parcel) {
          const { place, path } = target(parcel);
          const query = searching(config.search, field, withReference(parcel, field).reference, place.search);
          const answer = await line.look(parcel, `${path}?${query}`);
          const hits = (answer?.json as Record<string, unknown> | undefined)?.[items];
          if (answer === null || !Array.isArray(hits)) throw noList(parcel);
          const [hit] = hits;
          if (hits.length > 1) {
            const numbers = hits.map(
              (json) => referenceIn({ ...answer, headers: {}, json }, place, config) ?? "",
            );
            throw duplicates(parcel, numbers);
          }
          if (hits.length === 0) return null;
          const difference = firstUnequal(bodyOf(parcel), hit, place.compare);
          if (difference !== undefined) throw conflict(parcel, difference);
          return receipt(
            referenceIn({ ...answer, headers: {}, json: hit }, place, config) ?? parcel.key,
            hit,
          );
        },
        ask: line.ask,
        probe: line.probe,
        close: line.close,
      };
    },
  });

const CONCURRENCY = 8;

/** For targets that promise nothing: they are given a minute to act. */
export const restSearchable = settlingWithin("60s");

/** The query for our reference. Inside quotes a quote is doubled, so that no reference can end the literal. */
function searching(
  template = "{field}={reference}",
  field: string,
  reference: string,
  more?: string,
): string {
  const [name = "", ...value] = template.split("=");
  const filled = value
    .join("=")
    .replaceAll("{field}", field)
    .replaceAll("{reference}", () =>
      value.join("=").includes("'") ? reference.replaceAll("'", "''") : reference,
    );
  const query = `${encodeURIComponent(name.replace("{field}", field))}=${encodeURIComponent(filled)}`;
  return more === undefined ? query : `${query}&${more}`;
}

/** A search that answers without a list proves nothing, least of all that the parcel is not there. */
const noList = (parcel: Parcel): Unavailable =>
  new Unavailable(`The search for ${aboutOf(parcel)} gave no list of hits.`, { facts: factsOf(parcel) });
