/** Writes a process as a Mermaid flowchart, which GitHub and most wikis draw by themselves. */
import type { Box, Graph } from "./graph.ts";

export function toMermaid({ title, boxes, arrows }: Graph): string {
  const id = new Map(boxes.map((box, index) => [box.id, `n${index}`]));
  const text = (words: string) => words.replaceAll('"', "#quot;");
  const shape = (box: Box): string => {
    const inside = `"${[box.title, ...box.stays.map((each) => `↺ ${each}`)].map(text).join("<br/>")}"`;
    if (box.kind === "milestone") return `[${inside}]`;
    return box.kind === "question" ? `{{${inside}}}` : `([${inside}])`;
  };
  return `${[
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart TD",
    ...boxes.map((box) => `  ${id.get(box.id)}${shape(box)}:::${box.walked ? box.kind : "missing"}`),
    ...arrows.map(
      ({ from, to, labels }) => `  ${id.get(from)} -->|"${labels.map(text).join("<br/>")}"| ${id.get(to)}`,
    ),
    "  classDef start fill:#1c2733,color:#fff,stroke:#1c2733",
    "  classDef milestone fill:#eaf2fb,color:#1c2733,stroke:#2f6fb0",
    "  classDef question fill:#fff6e0,color:#1c2733,stroke:#b7791f",
    "  classDef completed fill:#e5f6ec,color:#1c2733,stroke:#2b8a57",
    "  classDef abandoned fill:#fdeceb,color:#1c2733,stroke:#c0413a",
    "  classDef missing fill:none,stroke-dasharray:5 4",
  ].join("\n")}\n`;
}
