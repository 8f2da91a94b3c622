/** Compares the reference pages with the connectors: guarantees and settings are told as they are, none missing, none invented. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Connector } from "./connector.ts";
import { crossdock } from "./crossdock/connector.ts";
import { file } from "./file/connector.ts";
import { http } from "./http/connector.ts";
import { mqtt } from "./mqtt/connector.ts";
import { odata } from "./odata/connector.ts";
import { restSearchable } from "./rest-searchable/connector.ts";
import { restUpsert } from "./rest-upsert/connector.ts";
import { sql } from "./sql/connector.ts";
import { webhook } from "./webhook/connector.ts";

interface Setting {
  readonly type?: string;
  readonly anyOf?: readonly { readonly const?: string }[];
  readonly description?: string;
  readonly secret?: boolean;
}

/** The two tables every page carries, as they must stand there. */
function tables({ guarantees, config }: Connector): string {
  const { properties, required = [] } = config as unknown as {
    properties: Record<string, Setting>;
    required?: readonly string[];
  };
  const settings = Object.entries(properties).map(([name, setting]) => {
    const words = setting.anyOf?.flatMap((choice) => choice.const ?? []) ?? [];
    const kind = words.length > 0 ? words.map((word) => `\`${word}\``).join(", ") : (setting.type ?? "");
    const notes = [required.includes(name) ? "required" : "", setting.secret ? "secret" : ""].filter(
      (note) => note !== "",
    );
    return `| \`${name}\` | ${kind} | ${notes.join(", ")} | ${setting.description ?? ""} |`;
  });
  return [
    "| repeat | verifies | ordered | settleMs | concurrency |",
    "|---|---|---|---|---|",
    `| \`${guarantees.repeat}\` | ${guarantees.verifies ? "yes" : "no"} | ${guarantees.ordered ? "yes" : "no"} | ${guarantees.settleMs} | ${guarantees.concurrency} |`,
    "",
    "| Setting | Type | | What it says, and its default after the colon |",
    "|---|---|---|---|",
    ...settings,
  ].join("\n");
}

const secretsOf = ({ config }: Connector) =>
  Object.entries((config as unknown as { properties: Record<string, Setting> }).properties).filter(
    ([, { secret }]) => secret === true,
  );

for (const connector of [http, odata, restUpsert, restSearchable, file, webhook, sql, mqtt, crossdock]) {
  test(`the page of ${connector.name} tells its guarantees and settings as they are`, () => {
    const page = readFileSync(
      new URL(`../../docs/reference/connectors/${connector.name}.md`, import.meta.url),
      "utf8",
    );
    expect(page).toContain(tables(connector));
    expect(page).toContain(connector.summary);
    // A secret is a reference: whatever else stands there is refused by `crossdock check`.
    for (const [setting] of secretsOf(connector))
      for (const [, value = ""] of page.matchAll(new RegExp(`^ .*\\b${setting}: (.*)`, "gm")))
        expect(value).toMatch(/^\[?secret\("/);
  });
}
