/**
 * Writes the event catalogue: every canonical contract as one row, so a reader sees what can be said without reading code.
 *
 * The page is made from the contracts alone, so it cannot say something else; a test holds the committed page to it. Pure.
 */
import type { Contract } from "../contract.ts";

/** The domains of events, in the order in which a business tells its story. */
const DOMAINS: Readonly<Record<string, string>> = {
  sales: "Sales",
  inventory: "Inventory",
  production: "Production",
  quality: "Quality",
  procurement: "Procurement",
  logistics: "Logistics",
  finance: "Finance",
  master: "Master data",
  operations: "Operations",
};

const HEAD = `# The event catalogue

What can be said between systems, made from the contracts in \`src/contracts/canon\`; a test fails when this page and the code
differ. \`crossdock/canon\` gives each as a value, \`exportContract\` as JSON Schema.

The **key** orders: what concerns one key is handled in the order accepted. **Belongs to** names the business transaction when
that is another one. **C** is the criticality: C1 financial or legal, C2 a promise to a customer or plant, C3 operational, C4
informational. **Says** is the milestone the sender then holds to be reached, or withdrawn.
`;

/** @example catalogue(canon) // "# The event catalogue\n…" */
export function catalogue(contracts: readonly Contract[]): string {
  const events = contracts.filter(({ kind }) => kind === "event");
  const commands = contracts.filter(({ kind }) => kind === "command");
  const sections = Object.entries(DOMAINS).map(([domain, title]) => ({
    title,
    all: events.filter(({ name }) => name.startsWith(`${domain}.`)),
  }));
  const parts = [...sections, { title: "Commands", all: commands }]
    .filter(({ all }) => all.length > 0)
    .map(({ title, all }) => `## ${title}\n\n${table(all)}`);
  return `${HEAD}\n${events.length} events, ${commands.length} commands.\n\n${parts.join("\n\n")}\n`;
}

const table = (contracts: readonly Contract[]): string =>
  [
    "| Contract | Means | Owner | C | Key | Other keys | Says |",
    "|---|---|---|---|---|---|---|",
    ...contracts.toSorted((left, right) => (left.name < right.name ? -1 : 1)).map(row),
  ].join("\n");

function row(contract: Contract): string {
  const { name, version, owner, summary, criticality, keyDeclarations, belongsTo, says } = contract;
  const [primary = "", ...others] = Object.keys(keyDeclarations);
  const key = belongsTo ? `${primary}, belongs to ${belongsTo}` : primary;
  const milestone = !says
    ? ""
    : `${typeof says.milestone === "string" ? says.milestone : `the one in \`${says.milestone.in}\``}${says.withdrawn ? ", withdrawn" : ""}`;
  return `| \`${name}\` v${version} | ${summary} | ${owner} | ${criticality} | ${key} | ${others.join(", ")} | ${milestone} |`;
}
