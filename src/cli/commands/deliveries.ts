/** `crossdock retry`, `settle`, `cancel`: what a person may do about one thing that was set aside. */
import { Command } from "commander";
import { press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { printJson, type Terminal } from "../terminal.ts";

type Options = Common & Acting & { readonly tries?: number };

const KEY = "its key, as crossdock trace and crossdock exceptions show it";

/** What somebody decides is about what they saw; another try since then makes it another question. */
const withDelivery = (command: Command): Command =>
  withReason(withDock(command)).option(
    "--tries <n>",
    "how often it had been tried when you looked; it is left alone when it was tried since",
    (given) =>
      /^\d{1,9}$/.test(given)
        ? Number(given)
        : stopWith("usage", `--tries takes a number such as 3, not "${given}".`),
  );

const pressed = async (
  terminal: Terminal,
  options: Options,
  delivery: string,
  button: string,
  body: Readonly<Record<string, unknown>>,
  sentence: string,
) => {
  const path = `/api/deliveries/${encodeURIComponent(delivery)}/${button}`;
  const said = await press(terminal, options, path, {
    ...body,
    ...(options.tries === undefined ? {} : { tries: options.tries }),
    ...(options.because ? { reason: options.because } : {}),
  });
  if (options.json) printJson(terminal, button, { delivery, ...said });
  else terminal.out(`${terminal.paint.good("✔")} ${sentence}`);
};

export const retry = (terminal: Terminal): Command =>
  withDelivery(new Command("retry"))
    .description(
      "Send a parked or held delivery again, under the same key, so it cannot double; or let a stopped process go on.",
    )
    .argument("<delivery>", `${KEY}; or process:instance`)
    .action((delivery: string, options: Options) =>
      pressed(terminal, options, delivery, "try-again", {}, `${delivery} is on its way again.`),
    );

export const settle = (terminal: Terminal): Command =>
  withDelivery(new Command("settle"))
    .description("Say what became of a delivery nobody can tell about: it was booked, or it was not.")
    .argument("<delivery>", KEY)
    .option("--booked <number>", "it was booked, under this number")
    .option("--not-booked", "it was not booked, and is sent again")
    .action((delivery: string, options: Options & { booked?: string; notBooked?: boolean }) => {
      if ((options.booked === undefined) === (options.notBooked !== true)) {
        stopWith("usage", "Say one of the two: --booked <number>, or --not-booked.");
      }
      const booked = options.booked ?? null;
      const sentence =
        options.booked === undefined
          ? `${delivery} was not booked; it is sent again.`
          : `${delivery} was booked as ${options.booked}.`;
      return pressed(terminal, options, delivery, "settle", { booked }, sentence);
    });

export const cancel = (terminal: Terminal): Command =>
  withDelivery(new Command("cancel"))
    .description("Give up a delivery that is not applied. What waits behind it moves on.")
    .argument("<delivery>", KEY)
    .action((delivery: string, options: Options) => {
      if (!options.because) stopWith("usage", 'Giving up needs a reason: --because "…".');
      return pressed(terminal, options, delivery, "cancel", {}, `${delivery} is given up.`);
    });
