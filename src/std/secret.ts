/**
 * Secrets travel by reference.
 *
 * A configuration names where a secret lives, never what it is: `secret("env:WMS_TOKEN")`. The reference is text, so it
 * fits wherever a connector's settings want text, can be printed, compared and committed, and says nothing. The runtime
 * looks behind it (`src/runtime/secrets.ts`) just before a connection is opened.
 */

/** Where a secret lives: an environment variable, a file, or a place in a JSON file (`file:keys.json#/wms/token`). */
export type SecretPlace = `env:${string}` | `file:${string}`;

const MARK = "secret:";

/**
 * Names a secret without knowing it.
 *
 * @example connection("wms", wms, { config: { url, token: secret("env:WMS_TOKEN") } })
 */
export const secret = (place: SecretPlace): string => `${MARK}${place}`;

export const isSecretReference = (value: unknown): value is string =>
  typeof value === "string" && value.startsWith(MARK);

/** The place a reference names, e.g. `env:WMS_TOKEN`. */
export const placeOf = (reference: string): string => reference.slice(MARK.length);
