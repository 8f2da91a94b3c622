/** `crossdock verify`: is everything that was accepted accounted for? Ends with 3 when something is silent. */
import { Command } from "commander";
import { type Balance, balance } from "../../trace/balance.ts";
import { CommandStopped, EXIT } from "../exit.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

export const verify = (terminal: Terminal): Command =>
  withDock(new Command("verify"))
    .description("Prove that everything accepted is applied, settled by a person, or open with a reason.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const account = await balance(pool);
        if (options.json) printJson(terminal, "verify", { balance: account });
        else for (const line of lines(account, terminal)) terminal.out(line);
        if (account.silent > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
      }),
    );

function lines(account: Balance, { paint, columns }: Terminal): string[] {
  const number = (value: number) => value.toLocaleString("en-US");
  const { owed, delivered, taken, unread, applied, superseded, cancelled, open, silent } = account;
  return [
    silent === 0
      ? paint.good("✔ Nothing is silent: everything accepted is accounted for.")
      : paint.bad(`✕ ${counted(silent, "thing")} cannot be accounted for.`),
    ...account.where.map(({ what, count }) => paint.bad(`  ${number(count)} × ${what}`)),
    `  ${number(owed)} owed = ${number(delivered)} deliveries + ${number(taken)} taken in or passed over` +
      (unread > 0 ? `; ${number(unread)} more not read yet` : ""),
    `  ${number(applied + superseded + cancelled + open)} deliveries = ${number(applied)} applied + ${number(superseded)} replaced` +
      ` + ${number(cancelled)} given up + ${number(open)} open`,
    ...(account.exact
      ? []
      : [paint.dim("  Readers stand at different places just now; look again for the exact account.")]),
    ...(open > 0
      ? [
          "",
          ...table<Balance["reasons"][number]>(
            [
              { title: "OPEN BECAUSE", value: ({ reason }) => reason },
              { title: "", value: ({ count }) => number(count), align: "right" },
              {
                title: "OLDEST",
                value: ({ oldestAt }) => lasting(Date.parse(account.asOf) - Date.parse(oldestAt)),
                align: "right",
              },
            ],
            account.reasons,
            { columns, heading: paint.dim },
          ),
        ]
      : []),
  ];
}
