/** `crossdock open`: a page of the console, or the page of any number, in the browser. */
import { Command } from "commander";
import { findDocuments } from "../../trace/index.ts";
import { openBrowser } from "../browser.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock } from "../options.ts";
import { runningDock, withDatabase } from "../running.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { listed, nearest } from "../words.ts";

/** The pages of the console by the word one would type. */
const PAGES: Readonly<Record<string, string>> = {
  home: "",
  documents: "documents",
  exceptions: "exceptions",
  systems: "systems",
  processes: "processes",
  reconciliation: "reconciliation",
  periods: "periods",
  runbooks: "runbooks",
  batches: "batches",
  contracts: "contracts",
  insights: "insights",
  approvals: "approvals",
  audit: "audit",
  admin: "admin",
  developer: "dev",
};

export const open = (terminal: Terminal): Command =>
  withDock(new Command("open"))
    .description("Open a page of the console, or the document with a number, in the browser.")
    .argument("[what]", `${Object.keys(PAGES).join(", ")}, a cause (GR-…), or any number`, "home")
    .option("--print", "say the address only")
    .action(async (what: string, options: Common & { print?: boolean }) => {
      const { console: root } = runningDock(terminal, options);
      if (!root) return stopWith("unreachable", "Crossdock is still starting. Try again in a moment.");
      const url = new URL(await pageOf(terminal, options, what), root).href;
      if (options.json) return printJson(terminal, "open", { url });
      terminal.out(url);
      if (!options.print && !(await openBrowser(url)))
        terminal.note("There is no browser to open it with here; take the address.");
    });

async function pageOf(terminal: Terminal, options: Common, what: string): Promise<string> {
  const page = PAGES[what.toLowerCase()];
  if (page !== undefined) return page;
  if (what.startsWith("GR-")) return `causes/${encodeURIComponent(what)}`;
  const found = await withDatabase(terminal, options, async (pool) =>
    findDocuments(pool, what, await knownHere(terminal, options)),
  );
  if (found.length > 1) return `documents?search=${encodeURIComponent(what)}`;
  const [one] = found;
  if (one) return `d/${one.correlation.split("/").map(encodeURIComponent).join("/")}`;
  const near = nearest(what, Object.keys(PAGES));
  return stopWith(
    "notFound",
    `Nothing here has the number ${what}, and there is no page of that name. ${near ? `Did you mean ${near}?` : `Pages are ${listed(Object.keys(PAGES))}.`}`,
  );
}
