/**
 * Drops files into a folder, each whole or not at all.
 *
 * What must stay true: a file appears under its name by a rename, so no reader ever sees half of it (the fault `error`
 * drops a truncated one on purpose, whole in the sense of the file system), and a file is in the books before it is in
 * the folder, so a restart drops what was not dropped.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import type { Faults } from "./faults.ts";

export interface Drop {
  readonly name: string;
  readonly text: string;
}

/** Writes `text` under `name` in `folder` by a temporary name and a rename. */
export function writeWhole(folder: string, name: string, text: string): void {
  const passing = join(folder, `${name}.tmp`);
  // Payloads of machines are bytes, kept in the books as one character each.
  writeFileSync(passing, text, parse(name).ext === ".spb" ? "latin1" : "utf8");
  renameSync(passing, join(folder, name));
}

export interface DropSettings {
  readonly folder: string;
  readonly faults: Faults;
  readonly windowMs: number;
  readonly dropped: (drop: Drop) => void;
}

export class DropBox {
  private readonly settings: DropSettings;
  private queue: Drop[] = [];
  private timer: NodeJS.Timeout | undefined;
  private paused = false;
  private stopped = false;

  constructor(settings: DropSettings) {
    this.settings = settings;
    mkdirSync(settings.folder, { recursive: true });
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Takes a file that is in the books, or will be before this turn of the event loop ends. */
  offer(drop: Drop): void {
    this.queue.push(drop);
    const reorder = this.settings.faults.standing("reorder");
    const waitMs = reorder === undefined ? 0 : (reorder.ms ?? this.settings.windowMs);
    this.timer ??= setTimeout(() => this.work(), waitMs);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.timer ??= setTimeout(() => this.work(), 0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private work(): void {
    this.timer = undefined;
    const { faults, folder, dropped } = this.settings;
    if (this.stopped || this.paused || this.queue.length === 0) return;
    if (faults.standing("hold-webhooks") !== undefined) {
      faults.count("hold-webhooks");
      return;
    }
    const drops = this.queue;
    this.queue = [];
    if (drops.length > 1 && faults.fire("reorder") !== undefined) drops.reverse();
    for (const drop of drops) {
      const { name, ext } = parse(drop.name);
      if (faults.fire("error") !== undefined) {
        const half = drop.text.slice(0, Math.floor(drop.text.length * 0.6));
        writeWhole(folder, `${name}-broken${ext}`, half);
      }
      writeWhole(folder, drop.name, drop.text);
      if (faults.fire("duplicate-webhooks") !== undefined)
        writeWhole(folder, `${name}-again${ext}`, drop.text);
      dropped(drop);
    }
  }
}
