/**
 * Hides what a contract marks `secret` or `personal` before data is shown, unless somebody may see it and said why. Pure.
 *
 * The mark lives on the field in the schema, so there is no second list to forget. Data of a contract nobody knows is
 * shown as it stands: without its contract nobody can say what is personal, and such data only exists in a journal
 * whose contracts were removed.
 */
export const MASKED = "••••";

interface Schema {
  readonly secret?: boolean;
  readonly personal?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Mark = "personal" | "secret";

/** What of the hidden is shown this time, and who is told of each such field, by its path: `shipTo.street`, `lines[2].token`. */
export interface Reveal {
  readonly marks: ReadonlySet<Mark>;
  readonly tell: (path: string) => void;
}

/** A field that is hidden until somebody may see it and says why. */
export interface Marked {
  /** `shipTo.street`, `lines[].note`. */
  readonly place: string;
  readonly mark: Mark;
}

/** Every field a contract hides, by its place. */
export function markedIn(schema: unknown, place = ""): Marked[] {
  const { secret, personal, properties = {}, items, anyOf = [], allOf = [] } = (schema ?? {}) as Schema;
  if (secret || personal) return [{ place, mark: secret ? "secret" : "personal" }];
  const found = [
    ...Object.entries(properties).flatMap(([field, of]) =>
      markedIn(of, place === "" ? field : `${place}.${field}`),
    ),
    ...(items ? markedIn(items, `${place}[]`) : []),
    ...[...anyOf, ...allOf].flatMap((branch) => markedIn(branch, place)),
  ];
  return [...new Map(found.map((one) => [one.place, one])).values()];
}

/** The data with what its contract hides replaced; `reveal` shows some of it, and is told what it showed. */
export function mask(schema: unknown, data: unknown, reveal?: Reveal, path = ""): unknown {
  const { secret, personal, properties, items, anyOf, allOf } = (schema ?? {}) as Schema;
  if (data === null || data === undefined) return data;
  if (secret || personal) {
    if (!reveal?.marks.has(secret ? "secret" : "personal")) return MASKED;
    reveal.tell(path);
    return data;
  }
  // Whichever branch the data took, what any of them hides stays hidden.
  const branches = [...(anyOf ?? []), ...(allOf ?? [])];
  const shown = branches.reduce<unknown>((hidden, branch) => mask(branch, hidden, reveal, path), data);
  if (Array.isArray(shown))
    return items ? shown.map((item, index) => mask(items, item, reveal, `${path}[${index}]`)) : shown;
  if (typeof shown !== "object" || shown === null || !properties) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([field, value]) => [
      field,
      field in properties
        ? mask(properties[field], value, reveal, path === "" ? field : `${path}.${field}`)
        : value,
    ]),
  );
}
