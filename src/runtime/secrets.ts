/**
 * Looks behind secret references, as late as possible: when a connection is opened, in the process that opens it.
 *
 * What comes back is never logged, never stored and never part of an error. A secret that is missing is a sentence that
 * names the place, not a call with an empty token.
 */
import { readFileSync, statSync } from "node:fs";
import { Unusable } from "../std/errors.ts";
import { isSecretReference, placeOf } from "../std/secret.ts";

/**
 * The secret a reference stands for.
 *
 * Places: `env:NAME`; `file:/run/secrets/wms` (the trimmed text); `file:keys.json#/wms/token` (a JSON Pointer, RFC 6901).
 *
 * @throws {Unusable} when the place does not exist, is empty, or can be read by everybody
 */
export function openSecret(reference: string, environment: NodeJS.ProcessEnv = process.env): string {
  const place = placeOf(reference);
  const [kind, rest] = [place.slice(0, place.indexOf(":")), place.slice(place.indexOf(":") + 1)];
  const found = kind === "env" ? environment[rest] : kind === "file" ? fromFile(rest, place) : undefined;
  if (kind !== "env" && kind !== "file") {
    throw new Unusable(`The secret "${place}" has an unknown kind of place. Use env:NAME or file:/path.`);
  }
  if (found === undefined || found === "") {
    const remedy = kind === "env" ? `Set the environment variable ${rest}.` : `Put it into ${rest}.`;
    throw new Unusable(`The secret "${place}" is not there. ${remedy}`, { facts: { place } });
  }
  return found;
}

/** The same settings with every secret reference replaced by its secret. Plain data only; other values pass through. */
export function openSecrets<Settings>(settings: Settings, environment = process.env): Settings {
  if (isSecretReference(settings)) return openSecret(settings, environment) as Settings;
  if (Array.isArray(settings)) return settings.map((each) => openSecrets(each, environment)) as Settings;
  if (settings === null || typeof settings !== "object") return settings;
  if (Object.getPrototypeOf(settings) !== Object.prototype) return settings;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, openSecrets(value, environment)]),
  ) as Settings;
}

function fromFile(path: string, place: string): string | undefined {
  const [file = "", pointer] = path.split("#");
  let text: string;
  try {
    if (process.platform !== "win32" && statSync(file).mode & 0o004) {
      throw new Unusable(`The secret file ${file} can be read by everybody. Run: chmod 600 ${file}`, {
        facts: { place },
      });
    }
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof Unusable) throw cause;
    return undefined;
  }
  if (pointer === undefined) return text.trim();
  let at: unknown;
  try {
    at = JSON.parse(text);
  } catch (cause) {
    throw new Unusable(`The secret file ${file} is not JSON, but "${place}" looks inside it.`, { cause });
  }
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = at !== null && typeof at === "object" ? (at as Record<string, unknown>)[name] : undefined;
  }
  return typeof at === "string" ? at : undefined;
}
