/**
 * Writes a contract as JSON Schema 2020-12, for readers who do not use TypeScript.
 *
 * The schema is the contract's own, copied and never rebuilt, so it cannot say something else; what a schema has no word
 * for stands in `x-crossdock-…`. Fields marked `personal` or `secret` keep their mark. Pure.
 */
import type { Contract } from "../contract.ts";
import { schemaOf } from "./cloudevents.ts";

export interface ExportedContract {
  readonly $schema: "https://json-schema.org/draft/2020-12/schema";
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly examples: readonly unknown[];
  readonly "x-crossdock-kind": string;
  readonly "x-crossdock-version": number;
  readonly "x-crossdock-owner": string;
  readonly "x-crossdock-compatibility": string;
  readonly "x-crossdock-criticality": string;
  readonly "x-crossdock-keys": Readonly<Record<string, unknown>>;
  readonly [keyword: string]: unknown;
}

/** @example JSON.stringify(exportContract(OrderAccepted), null, 2) */
export function exportContract(contract: Contract): ExportedContract {
  // Through JSON and back: marks a library keeps as symbols or hidden fields do not belong in a document.
  const schema = JSON.parse(JSON.stringify(contract.schema)) as Record<string, unknown>;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: schemaOf(contract.name, contract.version),
    title: contract.name,
    description: contract.summary,
    ...schema,
    examples: [contract.sample],
    "x-crossdock-kind": contract.kind,
    "x-crossdock-version": contract.version,
    "x-crossdock-owner": contract.owner,
    "x-crossdock-compatibility": contract.compatibility,
    "x-crossdock-criticality": contract.criticality,
    "x-crossdock-keys": contract.keyDeclarations,
    ...(contract.says ? { "x-crossdock-milestone": contract.says } : {}),
  };
}
