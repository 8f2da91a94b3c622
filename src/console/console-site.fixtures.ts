/** A console without sign-in over six orders, and how its tests speak to it over HTTP. */
import { get } from "node:http";
import { expect } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { type OpenConsole, openConsole } from "./console.ts";

export type Inbox = {
  groups: { items: { subject: string; class: string }[]; class: string }[];
  questions: { id: string; correlation: string }[];
};
export type Line = { correlation: string; status: { word: string }; milestones: { state: string }[] };

export class ConsoleSite {
  db!: FreshDatabase;
  dock!: Dock;
  order!: Awaited<ReturnType<typeof smallDock>>["order"];
  books!: Set<string>;
  open!: OpenConsole;
  token = "";

  async begin(): Promise<void> {
    this.db = await freshDatabase();
    const { dock, order, books } = await smallDock(this.db.url);
    Object.assign(this, { dock, order, books });
    this.open = await openConsole({ dock, port: 0, settings: { name: "Test dock", actor: "maria" } });
    this.token = (await this.read<{ token: string }>("/session")).token;
    await order(1);
    await order(2, "UNKNOWN");
    await order(3, "LOST");
    await order(4, "PUMP-100", "12000.00");
    await order(5, "PUMP-100", "15000.00");
    await order(6, "PUMP-100", "16000.00");
    await this.until(async () => {
      const first = await this.line("PO-1");
      return first?.status.word === "on track" && first.milestones[2]!.state === "reached";
    });
    await this.until(async () => (await this.read<Inbox>("/exceptions")).groups.length === 2);
    await this.until(async () => (await this.read<Inbox>("/exceptions")).questions.length === 3);
  }

  async end(): Promise<void> {
    await this.open?.close();
    await this.dock?.stop();
    await this.db?.drop();
  }

  async read<Answer>(path: string): Promise<Answer> {
    const response = await fetch(new URL(`/api${path}`, this.open.url));
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  }

  async line(number: string): Promise<Line | undefined> {
    return (await this.read<{ documents: Line[] }>(`/documents?search=${number}`)).documents[0];
  }

  press(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(`/api${path}`, this.open.url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-crossdock-token": this.token, ...headers },
      body: JSON.stringify(body),
    });
  }

  /** An order as the shop writes it. */
  async bodyOf(number: string): Promise<Record<string, unknown>> {
    const { sample } = await this.read<{ sample: object }>("/contracts/sales.order-captured");
    return { ...sample, salesOrderId: `SO-${number}` };
  }

  /** What the audit says was taken along. */
  async taken(action: string): Promise<unknown[]> {
    const { rows } = await this.db.pool.query<{ facts: string }>(
      "select facts from audit where action = $1",
      [action],
    );
    return rows.map(({ facts }) => JSON.parse(facts) as unknown);
  }

  /** Waits for something the dock does by itself; gives up after ten seconds. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** A request with headers `fetch` does not let anyone forge. */
  forged(headers: Record<string, string>, path = "/api/home"): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port: this.open.port, path, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      }).on("error", reject);
    });
  }
}
