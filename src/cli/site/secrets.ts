/**
 * The secrets of a data folder: made on the first start, kept in `secrets.json`, readable by nobody else.
 *
 * They serve the embedded, single-machine set-up. A production configuration names its own places with `secret(…)`. A
 * secret, once made, stays: API keys and signatures made with it go on working at the next start.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Unusable } from "../../std/errors.ts";

/** The estate reads `webhooks`, `apiKeys` and `tokens`; Crossdock reads all of them by secret references. */
export interface SiteSecrets {
  /** Mixed into the kept hash of every API key. */
  readonly pepper: string;
  /** What people's secrets are sealed with. */
  readonly sealingKey: string;
  /** Signs the checkpoints of the audit: Ed25519, PKCS #8 in PEM. */
  readonly auditKey: string;
  /** Standard Webhooks secrets by system, `whsec_<base64>`. */
  readonly webhooks: Readonly<Record<string, string>>;
  /** Keys of the gateway by client. */
  readonly apiKeys: Readonly<Record<string, string>>;
  /** Bearer tokens by system. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Systems that send signed webhooks, and systems that want a token; `acme` and `bank` exchange files. */
const WEBHOOKS = [
  "shop",
  "erp",
  "wms",
  "tms",
  "payments",
  "equipment",
  "qms",
  "supplier",
  "mdm",
  "scheduling",
  "procurement",
  "dynamics",
  "marketplace",
  "cpq",
  "fulfilment",
  "billing",
  "ledger",
  "plm",
  "workflow",
];
const TOKENS = [
  "shop",
  "crm",
  "erp",
  "wms",
  "tms",
  "pricing",
  "tax",
  "payments",
  "finance",
  "dynamics",
  "fusion",
  "s4cloud",
];

export const secretsFile = (data: string): string => join(data, "secrets.json");

/** The secrets of the folder, made where there are none. What a newer release needs besides is added. */
export function siteSecrets(data: string): SiteSecrets {
  const file = secretsFile(data);
  const old = read(file);
  const token = (length = 24) => randomBytes(length).toString("base64url");
  const secrets: SiteSecrets = {
    pepper: old.pepper ?? token(32),
    sealingKey: old.sealingKey ?? token(32),
    auditKey: old.auditKey ?? newAuditKey(),
    webhooks: fill(WEBHOOKS, old.webhooks, () => `whsec_${randomBytes(24).toString("base64")}`),
    apiKeys: old.apiKeys ?? {},
    tokens: fill(TOKENS, old.tokens, token),
  };
  if (JSON.stringify(old) !== JSON.stringify(secrets)) writeSecrets(data, secrets);
  return secrets;
}

const newAuditKey = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export function writeSecrets(data: string, secrets: SiteSecrets): void {
  const file = secretsFile(data);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

function read(file: string): Partial<SiteSecrets> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Unusable(
      `${file} is not JSON. It holds the secrets of this data folder; mend it, or move it away to have new ones made.`,
      { cause },
    );
  }
}

const fill = (
  names: readonly string[],
  old: Readonly<Record<string, string>> | undefined,
  make: () => string,
) => ({
  ...Object.fromEntries(names.map((name) => [name, old?.[name] ?? make()])),
  ...old,
});
