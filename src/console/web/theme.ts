/** Light, dark, or as the system says; remembered on this machine. */
export type Theme = "system" | "light" | "dark";

const PLACE = "crossdock.theme";

export function theme(): Theme {
  try {
    const kept = localStorage.getItem(PLACE);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

export function applyTheme(chosen: Theme = theme()): void {
  const { documentElement } = window.document;
  if (chosen === "system") delete documentElement.dataset.theme;
  else documentElement.dataset.theme = chosen;
}

export function chooseTheme(chosen: Theme): void {
  try {
    if (chosen === "system") localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, chosen);
  } catch {
    // A browser that keeps nothing still shows what was chosen until the page is closed.
  }
  applyTheme(chosen);
}
