/** Because of what: arrival → fact → command → delivery → the answer it brought, as a tree that folds. */
import { useMemo, useState } from "react";
import type { LineageNode } from "../../../trace/index.ts";
import { useTwin } from "../charts.tsx";
import { absolute, amountsIn } from "../format.ts";
import { Section, Word } from "../parts.tsx";
import { LineageGraph, LineageTable } from "./lineage-graph.tsx";

type StepOf = { correlation: string; position: string };

/** Nodes drawn before the rest has to be asked for: a tree larger than a screen helps nobody. */
const SHOWN = 40;

const KIND: Readonly<Record<LineageNode["kind"], { icon: string; label: string }>> = {
  arrival: { icon: "↓", label: "Arrival" },
  event: { icon: "●", label: "Fact" },
  command: { icon: "↗", label: "Command" },
  delivery: { icon: "⇥", label: "Delivery" },
  person: { icon: "☺", label: "Person" },
};

export function LineageTree({
  nodes,
  opened,
  open,
}: {
  nodes: readonly LineageNode[];
  opened: StepOf | null;
  open: (step: StepOf | null) => void;
}) {
  const [all, showAll] = useState(false);
  const [drawn, draw] = useState(false);
  const [table, twin] = useTwin();
  const children = useMemo(() => {
    const by = new Map<string | null, LineageNode[]>();
    for (const node of all ? nodes : nodes.slice(0, SHOWN))
      by.set(node.parent, [...(by.get(node.parent) ?? []), node]);
    return by;
  }, [nodes, all]);
  if (nodes.length === 0) return null;
  return (
    <Section
      title="Because of what"
      aside={
        <span className="card-aside">
          <button type="button" className="button quiet" aria-pressed={drawn} onClick={() => draw(!drawn)}>
            {drawn ? "Show tree" : "Show graph"}
          </button>
          {drawn && twin}
        </span>
      }
    >
      {!drawn && (
        <ul className="tree">
          {(children.get(null) ?? []).map((node) => (
            <Branch key={node.id} node={node} byParent={children} depth={0} opened={opened} open={open} />
          ))}
        </ul>
      )}
      {drawn && table && <LineageTable nodes={all ? nodes : nodes.slice(0, SHOWN)} />}
      {drawn && !table && <LineageGraph nodes={all ? nodes : nodes.slice(0, SHOWN)} />}
      {nodes.length > SHOWN && (
        <button type="button" className="button quiet" onClick={() => showAll(!all)}>
          {all ? `Show the first ${SHOWN}` : `Show all ${nodes.length}`}
        </button>
      )}
    </Section>
  );
}

function Branch({
  node,
  byParent,
  depth,
  opened,
  open,
}: {
  node: LineageNode;
  byParent: ReadonlyMap<string | null, LineageNode[]>;
  depth: number;
  opened: StepOf | null;
  open: (step: StepOf | null) => void;
}) {
  const [folded, fold] = useState(false);
  const below = byParent.get(node.id) ?? [];
  const { icon, label } = KIND[node.kind];
  const isOpen = opened !== null && node.step?.position === opened.position && node.kind !== "delivery";
  const { step } = node;
  return (
    <li className={`node node-${node.kind}`}>
      <div className={`node-line ${isOpen ? "node-open" : ""}`}>
        {below.length > 0 ? (
          <button
            type="button"
            className="fold"
            aria-expanded={!folded}
            aria-label={`${folded ? "Show" : "Hide"} what followed from ${node.title}`}
            onClick={() => fold(!folded)}
          >
            {folded ? "▸" : "▾"}
          </button>
        ) : (
          <span className="fold" aria-hidden="true" />
        )}
        <span className="node-icon" title={label} aria-hidden="true">
          {icon}
        </span>
        <span className="sr">{label}:</span>
        {step ? (
          <button
            type="button"
            className="node-title"
            title={absolute(node.at)}
            onClick={() => open(isOpen ? null : step)}
          >
            {node.title}
          </button>
        ) : (
          <span className="node-title" title={absolute(node.at)}>
            {node.title}
          </span>
        )}
        {node.word && node.kind === "delivery" && (
          <Word
            word={node.word}
            text={node.word === "done" ? (node.detail ?? "Done") : (node.detail ?? "")}
          />
        )}
        {node.kind !== "delivery" && node.detail && <small>{amountsIn(node.detail)}</small>}
      </div>
      {below.length > 0 && !folded && (
        <ul>
          {below.map((child) => (
            <Branch
              key={child.id}
              node={child}
              byParent={byParent}
              depth={depth + 1}
              opened={opened}
              open={open}
            />
          ))}
        </ul>
      )}
    </li>
  );
}
