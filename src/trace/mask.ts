/**
 * Hides what a contract marks `secret` or `personal` before data is shown. Pure.
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

export function mask(schema: unknown, data: unknown): unknown {
  const { secret, personal, properties, items, anyOf, allOf } = (schema ?? {}) as Schema;
  if (data === null || data === undefined) return data;
  if (secret || personal) return MASKED;
  // Whichever branch the data took, what any of them hides stays hidden.
  const branches = [...(anyOf ?? []), ...(allOf ?? [])];
  const shown = branches.reduce<unknown>((hidden, branch) => mask(branch, hidden), data);
  if (Array.isArray(shown)) return items ? shown.map((item) => mask(items, item)) : shown;
  if (typeof shown !== "object" || shown === null || !properties) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([field, value]) => [
      field,
      field in properties ? mask(properties[field], value) : value,
    ]),
  );
}
