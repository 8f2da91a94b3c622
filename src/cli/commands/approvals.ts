/**
 * `crossdock approvals`: what waits for a second person, and that person's word.
 *
 * Approving takes somebody who signs in as themselves, so the command asks for their password each time, and for a code where they
 * have a second factor, and keeps nothing. Both come from the terminal or from standard input, a line each, never from an option.
 */
import { Command } from "commander";
import { type ApprovalRow, findApproval, listApprovals } from "../../rights/approvals.ts";
import { signedInAs } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Common, person, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { pairs, table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, lasting } from "../words.ts";

const viewOf = ({ body, state, ...rest }: ApprovalRow) => ({
  ...rest,
  body: JSON.parse(body) as unknown,
  state: JSON.parse(state) as unknown,
});

const list = (terminal: Terminal) => (options: Common) =>
  withDatabase(terminal, options, async (pool) => {
    const waiting = (await listApprovals(pool)).filter(({ verdict }) => verdict === null);
    if (options.json) return printJson(terminal, "approvals.list", { approvals: waiting.map(viewOf) });
    const { paint, columns } = terminal;
    if (waiting.length === 0) return terminal.out(paint.good("Nothing waits for a second person."));
    const now = Date.now();
    const lines = table<ApprovalRow>(
      [
        { title: "REQUEST", value: ({ id }) => id },
        { title: "ASKED BY", value: ({ askedBy }) => harmless(askedBy) },
        { title: "ENDS IN", value: ({ endsAt }) => lasting(Date.parse(endsAt) - now), align: "right" },
        { title: "WHAT", value: ({ what }) => harmless(what), shrinks: true },
      ],
      waiting,
      { columns, heading: paint.dim },
    );
    for (const line of lines) terminal.out(line);
    terminal.note(
      `\n${counted(waiting.length, "request")}. Next: crossdock approvals show ${waiting[0]!.id}`,
    );
  });

export const approvals = (terminal: Terminal): Command => {
  const show = withDock(new Command("show"))
    .description("Show exactly what somebody asked for, and what it is about.")
    .argument("<request>", "its id, as crossdock approvals lists it")
    .action((id: string, options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const one = await findApproval(pool, id);
        if (!one) return stopWith("notFound", `There is no request ${id}.`);
        if (options.json) return printJson(terminal, "approvals.show", { approval: viewOf(one) });
        const { paint } = terminal;
        terminal.out(paint.bold(harmless(one.what)));
        const rows = [
          ["asked by", `${harmless(one.askedBy)}, ${dayAndClock(new Date(one.askedAt))}`],
          ...(one.because ? [["because", harmless(one.because)] as const] : []),
          ["needs", `somebody else with the permission “${one.permission}”`],
          ["request", harmless(one.body)],
          ["about", harmless(one.state)],
          one.verdict === null
            ? ["ends", dayAndClock(new Date(one.endsAt))]
            : [
                "became",
                `${one.verdict}${one.decidedBy ? ` by ${harmless(one.decidedBy)}` : ""}${one.outcome ? `: ${harmless(one.outcome)}` : ""}`,
              ],
        ] as const satisfies readonly (readonly [string, string])[];
        for (const line of pairs(rows)) terminal.out(line);
        if (one.verdict === null)
          terminal.note(`\nNext: crossdock approvals yes ${one.id} --as <who you sign in as>`);
      }),
    );

  const deciding = (name: "yes" | "no", verdict: "approved" | "declined", description: string) =>
    withDock(new Command(name))
      .description(description)
      .argument("<request>", "its id, as crossdock approvals lists it")
      .option("--as <person>", "who you sign in as (default: the name of the operating system's user)")
      .option("--comment <text>", "what you want to say with it; the audit keeps it")
      .action(async (id: string, options: Common & { as?: string; comment?: string }) => {
        const who = options.as ?? person({}).name;
        const body = { verdict, ...(options.comment ? { comment: options.comment } : {}) };
        const said = await signedInAs(terminal, options, who, (press) =>
          press(`/api/approvals/${encodeURIComponent(id)}/decide`, body),
        );
        if (options.json) printJson(terminal, `approvals.${name}`, { request: id, verdict, ...said });
        else
          terminal.out(
            `${terminal.paint.good("✔")} ${id} is ${verdict}${verdict === "approved" ? ", and done" : ""}.`,
          );
        if (!options.json && typeof said.link === "string") {
          terminal.out(said.link);
          terminal.note("Whoever has this link is let in as them: hand it to them yourself.");
        }
      });

  const listing = withDock(new Command("list"))
    .description("List what waits for a second person.")
    .action(list(terminal));
  return new Command("approvals")
    .description("What waits for a second person; list it when nothing else is said.")
    .addCommand(listing, { isDefault: true })
    .addCommand(show)
    .addCommand(deciding("yes", "approved", "Let it happen, as the second person. Asks for your password."))
    .addCommand(deciding("no", "declined", "Decline it. Asks for your password."));
};
