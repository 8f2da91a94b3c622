/**
 * The eight key tasks of the console, each done without a mouse: what people come for, in so many interactions at most.
 *
 * An interaction is a key that leads somewhere, a field that is filled, or a control that is reached and pressed. Tabbing is no
 * interaction of its own, as moving the mouse is none; what is reached must show that it has the focus.
 */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Site } from "./site.fixtures.ts";

/** Somebody who has a keyboard only. */
class Hands {
  #interactions = 0;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get interactions(): number {
    return this.#interactions;
  }

  /** One key or several that belong together: `g e`. */
  async keys(keys: string): Promise<void> {
    this.#interactions += 1;
    for (const key of keys.split(" ")) await this.page.keyboard.press(key);
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    this.#interactions += 1;
    await this.page.keyboard.type(text);
  }

  /** Tabs until what has the focus says this; one can see that it has it. Some steps at a time, and back from too far. */
  async reach(says: RegExp): Promise<void> {
    let stride = STRIDE;
    for (let tabs = 0; tabs < 120; tabs += stride) {
      await this.page.evaluate(NOTE_FOCUS);
      await Promise.all(Array.from({ length: stride }, () => this.page.keyboard.down("Tab")));
      await this.page.keyboard.up("Tab");
      const passed = await this.page.evaluate<string[]>(PASSED);
      const first = passed.findIndex((text, step) => step > 0 && says.test(text));
      if (first < 0) continue;
      for (let past = passed.length - 1 - first; past > 0; past -= 1)
        await this.page.keyboard.press("Shift+Tab");
      const [text] = await this.page.evaluate<[string, string]>(FOCUSED);
      if (says.test(text)) return this.#seesFocus(text);
      // The page moved under our hands: step by step from here.
      stride = 1;
    }
    throw new Error(`No way leads to ${says} by Tab.`);
  }

  /** The focus can be seen in the theme one works in, and in the other. */
  async #seesFocus(text: string): Promise<void> {
    const dark = await this.page.evaluate<boolean>("matchMedia('(prefers-color-scheme: dark)').matches");
    for (const colorScheme of dark ? (["light", "dark"] as const) : (["dark", "light"] as const)) {
      await this.page.emulateMedia({ colorScheme });
      const [, outline] = await this.page.evaluate<[string, string]>(FOCUSED);
      expect([text, colorScheme, outline]).not.toEqual([
        text,
        colorScheme,
        expect.stringMatching(/^none|transparent|, 0\)$/),
      ]);
    }
  }

  /** Tabs there and presses Enter. */
  async press(says: RegExp): Promise<void> {
    await this.reach(says);
    await this.keys("Enter");
  }

  /** Tabs there and fills it. */
  async fill(says: RegExp, text: string): Promise<void> {
    await this.reach(says);
    await this.type(text);
  }

  /** Enter on what has the focus by itself. */
  async go(says: RegExp): Promise<void> {
    await expect
      .poll(async () => (await this.page.evaluate<[string, string]>(FOCUSED))[0], { timeout: 10_000 })
      .toMatch(says);
    await this.keys("Enter");
  }

  async heading(name: string | RegExp): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
  }
}

/** Searches a customer's number and opens the document that has it: three interactions. */
async function find(hands: Hands, number: string): Promise<void> {
  await hands.type(`/PO-${number}`);
  await hands.keys("Enter");
  await hands.press(new RegExp(`^SO-${number}$`));
  await hands.heading(`SO-${number}`);
}

/** The tasks, with how many interactions each may take. */
const TASKS: readonly [string, number, (hands: Hands, number: (of: string) => string) => Promise<void>][] = [
  [
    "where is PO …, and what can I tell the customer",
    4,
    async (hands, number) => {
      const found = number("where");
      await find(hands, found);
      await hands.press(/^What can I tell the customer/);
      await hands.page.getByText(new RegExp(`^Order PO-${found} \\(our number SO-${found}\\)`)).waitFor();
    },
  ],
  [
    "the raw body of what was sent, from Home",
    3,
    async (hands) => {
      await hands.press(/^SO-/);
      await hands.heading(/^SO-/);
      await hands.keys("2");
      // Whoever reads presses what is there: on a busy machine the order is sent, and its steps are drawn, a moment later.
      await hands.page.getByText("Post sales order → ERP").first().waitFor();
      await hands.press(/^Post sales order → ERP/);
      await hands.page.getByText('"customerReference": "PO-').first().waitFor();
    },
  ],
  [
    "all unclear outcomes",
    2,
    async (hands) => {
      await hands.keys("g e");
      await hands.heading("Exceptions");
      await hands.press(/^Unclear outcome \(/);
      await hands.page.getByRole("button", { name: "I have checked…" }).first().waitFor();
      expect(await hands.page.getByRole("button", { name: "Try again…" }).count()).toBe(0);
    },
  ],
  [
    "an unclear outcome is settled by the number somebody found",
    6,
    async (hands, number) => {
      await find(hands, number("lost"));
      await hands.press(/^I have checked…$/);
      await hands.fill(/^Its number in ERP/, `99${number("lost").replaceAll(/\D/g, "")}`);
      await hands.press(/^It was booked$/);
      await hands.page.getByRole("dialog").waitFor({ state: "detached" });
      await hands.page.getByRole("button", { name: "I have checked…" }).waitFor({ state: "detached" });
    },
  ],
  [
    "11 documents of one cause are corrected, one of them first",
    8,
    async (hands) => {
      await hands.keys("g e");
      await hands.heading("Exceptions");
      await hands.press(/^All 11 at once$/);
      await hands.page.getByLabel(/^Field, such as/).waitFor();
      await hands.fill(/^Field, such as/, "lines[].item");
      await hands.fill(/^What to put there/, "PUMP-100");
      await hands.fill(/^Why/, "Renamed in the ERP.");
      await hands.keys("Enter");
      await hands.go(/^Try one first$/);
      await hands.go(/^Do the other 10$/);
      await hands.page.getByText("11 of 11 confirmed").waitFor();
      await hands.page.getByText("Nothing is open of this cause any more.").waitFor();
    },
  ],
  [
    "what blocks the close",
    2,
    async (hands, number) => {
      await hands.keys("g f");
      await hands.heading("Periods");
      await hands.press(new RegExp(`^${number("LEDGER")} `));
      await hands.page
        .getByRole("row", { name: new RegExp(`UNKNOWN-${number("entry")} .*Set aside`) })
        .waitFor();
    },
  ],
  [
    "a question is answered",
    5,
    async (hands, number) => {
      await find(hands, number("large"));
      await hands.press(/^Approve…$/);
      await hands.press(/^Approve$/);
      await hands.page.getByText("maria approved credit review").first().waitFor();
    },
  ],
  [
    "a system is paused, and served again",
    6,
    async (hands) => {
      await hands.keys("g s");
      await hands.heading("Systems");
      await hands.press(/^ERP$/);
      await hands.heading("ERP");
      await hands.press(/^Pause…$/);
      await hands.fill(/^Why/, "New release.");
      await hands.press(/^Pause$/);
      await hands.page.getByText("Nothing is sent to it. maria: New release.").waitFor();
      await hands.press(/^Resume$/);
      await hands.page.getByText("It answers.").waitFor();
    },
  ],
];

/** Registers them, on the site that is open when they run; every other one is done in the dark. */
export function keyTasks(site: Site): void {
  const number = (of: string) => `${of}-keys`;
  test("what the key tasks are about", async () => {
    await site.order(number("where"));
    await site.order(number("lost"), "LOST");
    await site.order(number("large"), "PUMP-100", "12000.00");
    for (let each = 1; each <= 11; each += 1) await site.order(number(`many${each}`), "RENAMED_keys");
    await site.post(`UNKNOWN-${number("entry")}`, number("LEDGER"), new Date().toISOString().slice(0, 10));
  });
  for (const [index, [name, most, task]] of TASKS.entries())
    test(`by keyboard alone: ${name}`, async () => {
      const opened = await site.page("/");
      await opened.emulateMedia({ colorScheme: index % 2 === 0 ? "light" : "dark" });
      const hands = new Hands(opened);
      await task(hands, number);
      expect(hands.interactions).toBeLessThanOrEqual(most);
    });
}

/** Steps taken before it is looked where they led: each question to the browser takes longer than a step. */
const STRIDE = 8;

const SAYS = `({ textContent, ariaLabel, labels }) => (ariaLabel || labels?.[0]?.textContent || textContent || "").trim()`;

/** Runs in the page: what the element with the focus says, and how the focus is shown. */
const FOCUSED = `[(${SAYS})(document.activeElement), (({ outlineStyle, outlineColor }) => outlineStyle + " " + outlineColor)(getComputedStyle(document.activeElement))]`;

/** Runs in the page: from now on what has the focus when Tab is pressed is noted, in order. */
const NOTE_FOCUS = `(() => {
  window.passed = [];
  window.noting ??= document.addEventListener("keydown", ({ key, shiftKey }) => {
    if (key === "Tab" && !shiftKey) window.passed.push((${SAYS})(document.activeElement));
  }, true) ?? true;
})()`;

/** What had the focus before each step, and what has it now. */
const PASSED = `[...window.passed, (${SAYS})(document.activeElement)]`;
