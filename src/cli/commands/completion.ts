/** `crossdock completion`: what a shell needs to complete commands and options by Tab. */
import { Argument, Command } from "commander";
import type { Terminal } from "../terminal.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export const completion = (terminal: Terminal): Command =>
  new Command("completion")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText(
      "after",
      [
        "",
        "bash:  crossdock completion bash > ~/.local/share/bash-completion/completions/crossdock",
        "zsh:   crossdock completion zsh > ~/.zfunc/_crossdock    (with ~/.zfunc in fpath)",
        "fish:  crossdock completion fish > ~/.config/fish/completions/crossdock.fish",
      ].join("\n"),
    )
    .action((shell: (typeof SHELLS)[number], _options, command: Command) => {
      terminal.out(SCRIPTS[shell](wordsOf(command.parent!)).trimEnd());
    });

/** For each command path ("", "process", "process draw"), the words that may follow it. */
export function wordsOf(root: Command): Map<string, { word: string; means: string }[]> {
  const words = new Map<string, { word: string; means: string }[]>();
  const visit = (command: Command, path: string) => {
    const commands = command.commands.flatMap((child) =>
      [child.name(), ...child.aliases()].map((word) => ({ word, means: child.description() })),
    );
    const options = command.options.map((option) => ({
      word: option.long ?? option.short ?? "",
      means: option.description,
    }));
    const choices = command.registeredArguments.flatMap(({ argChoices, description }) =>
      (argChoices ?? []).map((word) => ({ word, means: description })),
    );
    words.set(path, [...commands, ...choices, ...options, { word: "--help", means: "say what it does" }]);
    for (const child of command.commands)
      for (const name of [child.name(), ...child.aliases()]) visit(child, `${path} ${name}`.trim());
  };
  visit(root, "");
  return words;
}

type Words = ReturnType<typeof wordsOf>;

/** The longest known path at the beginning of what was typed decides what may follow. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (words: Words) => string>> = {
  bash: (words) => `_crossdock() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word candidate
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    candidate="\${path:+$path }$word"
    case "$candidate" in
      ${[...words.keys()].filter(Boolean).map(quoted).join("|")}) path="$candidate" ;;
    esac
  done
  local words=""
  case "$path" in
${[...words].map(([path, next]) => `    ${quoted(path)}) words="${next.map(({ word }) => word).join(" ")}" ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _crossdock crossdock xd
`,
  zsh: (words) => `#compdef crossdock xd
_crossdock() {
  local path="" word candidate
  for word in "\${(@)words[2,CURRENT-1]}"; do
    candidate="\${path:+$path }$word"
    case "$candidate" in
      ${[...words.keys()].filter(Boolean).map(quoted).join("|")}) path="$candidate" ;;
    esac
  done
  local -a next
  case "$path" in
${[...words].map(([path, next]) => `    ${quoted(path)}) next=(${next.map(({ word, means }) => quoted(`${word.replaceAll(":", "\\:")}:${means}`)).join(" ")}) ;;`).join("\n")}
  esac
  _describe 'crossdock' next || _files
}
compdef _crossdock crossdock xd
`,
  fish: (words) =>
    [...words]
      .flatMap(([path, next]) =>
        next.map(({ word, means }) => {
          const condition =
            path === ""
              ? "__fish_use_subcommand"
              : path
                  .split(" ")
                  .map((each) => `__fish_seen_subcommand_from ${each}`)
                  .join("; and ");
          const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
          return `complete -c crossdock -n ${quoted(condition)} ${what} -d ${quoted(means)}`;
        }),
      )
      .concat("complete -c xd -w crossdock")
      .join("\n"),
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
