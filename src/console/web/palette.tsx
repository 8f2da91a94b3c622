/**
 * ⌘K: one box that reaches every page, every system and process, every action, and any document by any of its numbers.
 *
 * A list box in the sense of the ARIA practices: the arrows move the choice, Enter takes it, Escape closes; the box keeps the
 * focus all the time. What is offered only leads somewhere or does what a key does; nothing here changes business data.
 */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { SystemView } from "../../trace/index.ts";
import { get, useFind, useHome, useMay } from "./api.ts";
import { keptFilters, placeOf } from "./filters.ts";
import { capital, pageOf } from "./format.ts";
import { useLive } from "./live.tsx";
import { useSpan } from "./span-of-time.tsx";
import { chooseTheme } from "./theme.ts";

interface Choice {
  readonly id: string;
  readonly group: "Documents" | "Pages" | "Systems" | "Processes" | "Kept filters" | "Actions";
  readonly title: string;
  readonly detail?: string;
  readonly take: () => void;
}

/** Choices of one kind shown at once. */
const SHOWN = 7;

export function Palette({
  pages,
  onClose,
  onKeys,
}: {
  pages: readonly { readonly path: string; readonly title: string; readonly key: string }[];
  onClose: () => void;
  onKeys: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [chosen, choose] = useState(0);
  const [, go] = useLocation();
  const { paused, pause } = useLive();
  const { data: home } = useHome(useSpan().query);
  const may = useMay();
  const sees = may("view");
  const { data: systems } = useRead({
    queryKey: ["systems"],
    enabled: may("see systems"),
    queryFn: () => get<{ systems: readonly SystemView[] }>("/systems"),
    placeholderData: keepPreviousData,
  });
  const typed = text.trim();
  const { data: found } = useFind(sees && typed.length >= 2 ? typed : "", SHOWN);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);

  const choices = useMemo(() => {
    const to = (path: string) => () => go(path);
    const all: Choice[] = [
      ...(typed.length >= 2 ? (found?.documents ?? []) : []).map(
        (line): Choice => ({
          id: line.correlation,
          group: "Documents",
          title: line.number,
          detail: `${line.kind}, ${line.matched?.[0] && line.matched[0].value !== line.number ? `${line.matched[0].label} ${line.matched[0].value}, ` : ""}${line.status.text}`,
          take: to(pageOf(line.correlation)),
        }),
      ),
      ...pages.map(
        ({ path, title, key }): Choice => ({
          id: path,
          group: "Pages",
          title,
          detail: `g ${key}`,
          take: to(path),
        }),
      ),
      ...(systems?.systems ?? []).map(
        ({ name, title, owner }): Choice => ({
          id: `system ${name}`,
          group: "Systems",
          title,
          detail: owner,
          take: to(`/systems/${encodeURIComponent(name)}`),
        }),
      ),
      ...(home?.funnels ?? []).map(
        ({ process }): Choice => ({
          id: `process ${process}`,
          group: "Processes",
          title: capital(process.replaceAll("-", " ")),
          detail: "as it really runs",
          take: to(`/processes/${encodeURIComponent(process)}`),
        }),
      ),
      ...keptFilters().map(
        (filter): Choice => ({
          id: placeOf(filter),
          group: "Kept filters",
          title: filter.name,
          take: to(placeOf(filter)),
        }),
      ),
      {
        id: "pause",
        group: "Actions",
        title: paused ? "Resume updates" : "Pause updates",
        detail: "p",
        take: () => pause(!paused),
      },
      {
        id: "copy link",
        group: "Actions",
        title: "Copy the link of this page",
        take: () => void navigator.clipboard?.writeText(window.location.href).catch(() => undefined),
      },
      { id: "light", group: "Actions", title: "Light colours", take: () => chooseTheme("light") },
      { id: "dark", group: "Actions", title: "Dark colours", take: () => chooseTheme("dark") },
      { id: "system", group: "Actions", title: "Colours as the system", take: () => chooseTheme("system") },
      { id: "keys", group: "Actions", title: "Show the keys", detail: "?", take: onKeys },
    ];
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ group, title, detail = "" }: Choice) =>
      group === "Documents" ||
      words.every((word) => `${title} ${detail} ${group}`.toLowerCase().includes(word));
    const kept = new Map<string, number>();
    return all.filter((choice) => {
      if (!fits(choice)) return false;
      const before = kept.get(choice.group) ?? 0;
      kept.set(choice.group, before + 1);
      return choice.group === "Pages" || before < SHOWN;
    });
  }, [typed, found, systems, home, pages, paused, pause, go, onKeys]);

  const at = Math.min(chosen, Math.max(0, choices.length - 1));
  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.take();
  };
  const onKey = (event: KeyboardEvent) => {
    const last = choices.length - 1;
    const move = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    if (move !== undefined) {
      event.preventDefault();
      choose(move);
      window.document.getElementById(`choice-${move}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(choices[at]);
    }
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Go to anything" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={choices[at] ? `choice-${at}` : undefined}
        aria-label="Type a number, a page, a system or an action"
        placeholder="Any number, page, system or action"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          choose(0);
        }}
        onKeyDown={onKey}
      />
      <div id="choices" role="listbox" aria-label="What fits" className="choices" tabIndex={-1}>
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above hears the keys.
          // biome-ignore lint/a11y/useFocusableInteractive: the box above keeps the focus.
          <div
            key={`${choice.group}${choice.id}`}
            id={`choice-${index}`}
            role="option"
            aria-selected={index === at}
            className="choice"
            onMouseMove={() => choose(index)}
            onClick={() => take(choice)}
          >
            <small>{choice.group !== choices[index - 1]?.group ? choice.group : ""}</small>
            <span>{choice.title}</span>
            {choice.detail && <small className="choice-detail">{choice.detail}</small>}
          </div>
        ))}
      </div>
      {choices.length === 0 && <p className="empty">Nothing fits. Any number of any system works.</p>}
      <p className="sr" role="status">
        {choices.length === 0 ? "Nothing fits." : `${choices.length} choices.`}
      </p>
    </dialog>
  );
}
