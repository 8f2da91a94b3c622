/**
 * The site all browser tests of a console without sign-in share: one database server, one dock, one console, one browser, one tab.
 *
 * Each test begins with a page that is loaded anew; what the browser has of the application it keeps, as a browser does.
 */
import { type Browser, chromium, type Page } from "playwright-core";
import type { Dock } from "../../runtime/dock.ts";
import { builtConsole, CHROMIUM } from "../../testing/console-build.ts";
import { type FreshDatabase, freshDatabase, startTestServer } from "../../testing/database.ts";
import { smallDock } from "../../testing/small-dock.ts";
import { type OpenConsole, openConsole } from "../console.ts";

/** Well below a test's own limit, so that what did not come is named; well above what a busy machine takes. */
const COMES_WITHIN_MS = 25_000;

export class Site {
  /** What the browser complained about: errors in the log, broken policy, exceptions. */
  readonly complaints: string[] = [];
  /** Where the built application is. */
  folder = "";
  db!: FreshDatabase;
  dock!: Dock;
  order!: Awaited<ReturnType<typeof smallDock>>["order"];
  post!: Awaited<ReturnType<typeof smallDock>>["post"];
  books!: Set<string>;
  open!: OpenConsole;
  #server: { stop(): Promise<void> } | undefined;
  #browser: Browser | undefined;
  #tab: Page | undefined;
  #path = "";

  async begin(): Promise<void> {
    const built = builtConsole();
    const browser = chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    // Readers stay below the oldest transaction of their server, and other tests keep some open for longer than a page waits.
    this.#server = await startTestServer();
    this.db = await freshDatabase();
    const { dock, order, post, books } = await smallDock(this.db.url);
    Object.assign(this, { dock, order, post, books });
    this.folder = await built;
    this.#browser = await browser;
    const settings = { folder: this.folder, actor: "maria", name: "Test dock" };
    this.open = await openConsole({ dock, port: 0, settings });
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.open?.close();
    await this.dock?.stop();
    await this.db?.drop();
    await this.#server?.stop();
  }

  /** Loads a page, and hands over the tab it is in. */
  async page(path: string): Promise<Page> {
    this.#tab ??= await this.#newTab();
    this.#path = path;
    await this.#tab.goto(new URL(path, this.open.url).href, { waitUntil: "commit" });
    await this.#tab.waitForSelector("main h1");
    return this.#tab;
  }

  /** The browser notes every refusal, also one that was provoked. */
  forgetRefusals(status: number): void {
    this.complaints.splice(
      0,
      this.complaints.length,
      ...this.complaints.filter((text) => !text.includes(`status of ${status}`)),
    );
  }

  async #newTab(): Promise<Page> {
    const look = {
      viewport: { width: 1280, height: 900 },
      colorScheme: "light",
      reducedMotion: "reduce",
    } as const;
    const tab = await (await this.#browser!.newContext(look)).newPage();
    tab.setDefaultTimeout(COMES_WITHIN_MS);
    tab.on("console", (message) => {
      // A cause that was solved while its page was open is not found any more; the browser notes every 404.
      const solved = message.location().url.includes("/api/causes/") && message.text().includes("404");
      if (!solved && (message.type() === "error" || message.type() === "warning"))
        this.complaints.push(`${this.#path}: ${message.text()}`);
    });
    tab.on("pageerror", (error) => this.complaints.push(`${this.#path}: ${error.message}`));
    return tab;
  }
}
